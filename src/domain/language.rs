//! The languages in which the service writes to people.

use super::coded::coded_enum;

coded_enum! {
    /// A language, named by its two letters of ISO 639-1.
    Language {
        /// English, where a user has not chosen.
        English = 1 "en",
        /// Spanish.
        Spanish = 2 "es",
        /// French.
        French = 3 "fr",
        /// German.
        German = 4 "de",
        /// Dutch.
        Dutch = 5 "nl",
    }
}
