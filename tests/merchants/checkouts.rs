//! Checkouts: from their creation by a shop to their end.
