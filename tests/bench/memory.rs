//! Resident memory of a process, as the kernel counts it (Linux; elsewhere there is nothing to read).

use std::fs;

const KIB_PER_MIB: f64 = 1024.0;
/// Written to `clear_refs`, it sets the high-water mark back to what is resident now.
const RESET_HIGH_WATER_MARK: &str = "5";

/// In MiB.
#[derive(Clone, Copy, Default)]
pub struct Memory {
    /// `VmRSS`, the highest of the samples taken during the run.
    pub sampled_mib: f64,
    /// `VmHWM`, the kernel's own high-water mark since the run began.
    pub peak_mib: f64,
}

impl Memory {
    /// Starts the high-water mark anew; where that is not allowed, the mark covers the process's whole life.
    pub fn reset(process_id: u32) {
        let _ = fs::write(format!("/proc/{process_id}/clear_refs"), RESET_HIGH_WATER_MARK);
    }

    /// Takes another look and keeps the higher figures.
    pub fn sample(&mut self, process_id: u32) {
        if let Ok(status) = fs::read_to_string(format!("/proc/{process_id}/status")) {
            self.sampled_mib = self.sampled_mib.max(line_mib(&status, "VmRSS:"));
            self.peak_mib = self.peak_mib.max(line_mib(&status, "VmHWM:"));
        }
    }
}

fn line_mib(status: &str, name: &str) -> f64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
    kib.map_or(0.0, |kib| f64::from(kib) / KIB_PER_MIB)
}
