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

impl Language {
    /// What stands for this language among what stands for each: English, Spanish, French, German and Dutch.
    pub const fn choose<T: ?Sized>(self, [english, spanish, french, german, dutch]: [&T; 5]) -> &T {
        match self {
            Self::English => english,
            Self::Spanish => spanish,
            Self::French => french,
            Self::German => german,
            Self::Dutch => dutch,
        }
    }
}
