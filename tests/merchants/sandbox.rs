//! The twin community in which keys and shops are tried.
