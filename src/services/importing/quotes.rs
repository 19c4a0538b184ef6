//! Whether quotation marks stand where they have to. The reader takes whatever comes: a field whose end is missing would take the
//! lines behind it along, and what they tell would be lost without a word.

/// Where a file is.
#[derive(Clone, Copy)]
enum At {
    /// Before a field.
    Start,
    /// In a field without quotation marks around it, where others stand for themselves.
    Plain,
    /// Between the marks of a field that has some.
    Quoted,
    /// Behind one of them, which is its last or the first of two.
    Closed,
}

/// The first line on which one stands wrong, from 1, and what is wrong with it.
pub(super) fn misplaced(bytes: &[u8], delimiter: u8) -> Option<(u64, &'static str)> {
    let (mut at, mut line, mut begun_on) = (At::Start, 1, 1);
    for byte in bytes {
        let is_end = matches!(byte, b'\n' | b'\r') || *byte == delimiter;
        at = match at {
            At::Start if *byte == b'"' => {
                begun_on = line;
                At::Quoted
            }
            At::Quoted if *byte == b'"' => At::Closed,
            At::Closed if *byte == b'"' => At::Quoted,
            At::Quoted => At::Quoted,
            _ if is_end => At::Start,
            At::Closed => {
                let what =
                    "goes on behind the quotation mark that ends a field: inside of a field they stand twice";
                return Some((line, what));
            }
            At::Start | At::Plain => At::Plain,
        };
        line += u64::from(*byte == b'\n');
    }
    let what = "begins a field with a quotation mark, and no other one ends it";
    matches!(at, At::Quoted).then_some((begun_on, what))
}
