//! What the pages say, in one place, so that another language is another file like this one.

pub const CONFIRM: &str = "Confirm your address";
pub const CONFIRM_WHY: &str = "asks to join";
pub const CONFIRM_WITH: &str = "with the address";
pub const CONFIRM_NOT_YOU: &str = "If this is not you, close this page: nothing will happen.";
pub const CONFIRM_BUTTON: &str = "Yes, this is me";
pub const CONFIRM_BY_CODE: &str = "Type the address, and the code from the mail.";
pub const CONFIRMED: &str = "Thank you";
pub const CONFIRMED_WHY: &str = "Your address is confirmed. The admins of the community will decide on your application, and you will get a mail. You can sign in now.";

pub const RESET: &str = "Choose a new password";
pub const RESET_HINT: &str = "At least 15 characters. Three or four unrelated words are good.";
pub const RESET_BUTTON: &str = "Use this password";
pub const RESET_DONE: &str = "Your password is new";
pub const RESET_DONE_WHY: &str = "All sessions have ended. Sign in again on your devices.";

pub const INVITED: &str = "You are invited";
pub const INVITED_BY: &str = "invites you to join";
pub const INVITED_HINT: &str = "Fill this in to ask for a place. The admins of the community will decide.";
pub const INVITED_KNOWN: &str = "If this address has a login already, its password stays as it is.";
pub const INVITED_BUTTON: &str = "Ask to join";
pub const APPLIED: &str = "Thank you";
pub const APPLIED_WHY: &str = "The admins of the community will decide on your application, and you will get a mail. You can sign in now.";
pub const AGREE: &str = "I agree to this.";

pub const EMAIL: &str = "E-mail address";
pub const CODE: &str = "Code";
pub const NAME: &str = "Your name";
pub const PASSWORD: &str = "Password";
pub const MESSAGE: &str = "A few words to the admins, if you like";
pub const SECOND_FACTOR: &str = "Code from your second factor, or a recovery code";

pub const CODE_NEEDED: &str =
    "This login has a second factor: please enter its code, or a recovery code, too.";
pub const TOO_MANY: &str = "Too many attempts. Please wait a while before the next one.";
pub const BUSY: &str = "The service is busy. Please try again in a moment.";
pub const BAD_LINK: &str = "This link does not work";
pub const BAD_LINK_WHY: &str = "It was used already, has expired, or is not whole. Ask for another mail.";
pub const FAILED: &str = "That did not work";
pub const FAILED_WHY: &str = "Something went wrong on our side. Please try again later.";
pub const CONFLICT_WHY: &str = "Somebody did the same in this moment. Please look at your mail again.";

/// A field's name for people, by its place.
pub fn field(pointer: &str) -> &'static str {
    match pointer {
        "/email" => "The address",
        "/code" => "The code",
        "/name" => "The name",
        "/password" | "/new_password" => "The password",
        "/message" => "The text for the admins",
        "/agreement_version" => "The accepted terms",
        _ => "The link",
    }
}
