//! What the pages say, in one place, so that another language is another file like this one.

use crate::domain::scopes::Scope;

/// The pages' language, as browsers name it.
pub const LANGUAGE: &str = "en";
/// The service's name.
pub const SERVICE: &str = "Counterfoil";

/// What a scope lets an app do, in words that follow "may".
pub const fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::AccountsRead => "see your balances and what moved on your accounts",
        Scope::PaymentsRead => "see your payments: with whom, how much, what for",
        Scope::PaymentsWrite => "pay from your accounts, without asking you each time",
        Scope::RequestsWrite => "ask others to pay you, and collect what was set aside for you",
        Scope::RefundsWrite => "give back, in part or whole, what was paid to you",
        Scope::LimitsWrite => "freeze members' accounts, where you are an admin",
        Scope::WebhooksManage => "have your shop told of what happens on your accounts",
        Scope::MembersRead => "see the names of your community's members, and its ledger in numbers",
    }
}

/// Whether a scope can cost its member something, and so is shown with emphasis.
pub const fn is_weighty(scope: Scope) -> bool {
    matches!(scope, Scope::PaymentsWrite | Scope::RefundsWrite | Scope::LimitsWrite)
}

pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_WHY: &str = "asks to act for you. Sign in to decide what it may do.";
pub const SIGN_IN_GRANTS: &str = "Sign in to see what you allowed apps to do.";
pub const SIGN_IN_PASSKEYS: &str = "Sign in to see your passkeys, to add one or to remove one.";
pub const SIGN_IN_WITH_PASSKEY: &str = "Sign in with a passkey";
pub const EMAIL: &str = "E-mail address";
pub const PASSWORD: &str = "Password";
pub const SECOND_FACTOR: &str = "Code from your second factor";
pub const SECOND_FACTOR_HINT: &str = "Only if you have set one up.";
pub const WRONG_SIGN_IN: &str = "Address, password and code do not belong together. Please try again.";
pub const WRONG_PASSKEY: &str = "This passkey did not sign you in. Please try again, or use your password.";
pub const NO_PASSKEY: &str = "Your browser gave no passkey. Please try again.";
pub const CODE_NEEDED: &str =
    "This login has a second factor: please enter its code, or a recovery code, too.";
pub const BUSY: &str = "The service is busy. Please try again in a moment.";
pub const TOO_MANY: &str = "Too many attempts. Please wait a while before the next one.";

pub const CONSENT_ASKS: &str = "asks to act for you";
pub const CONSENT_MAY: &str = "It may:";
pub const CONSENT_ACCOUNTS: &str = "On your accounts";
pub const CONSENT_ACCOUNT: &str = "Where may it act?";
pub const CONSENT_ALL_ACCOUNTS: &str = "At all my accounts";
pub const CONSENT_UNKNOWN: &str =
    "Someone registered this app here; nobody has examined it. Allow it only if you trust who runs it.";
pub const CONSENT_GOES_TO: &str = "Your answer is sent to";
pub const CEILINGS: &str = "How much may it pay?";
pub const CEILINGS_HINT: &str =
    "In units of your community's currency. Leave a field empty to set no ceiling.";
pub const PER_PAYMENT: &str = "At most, in one payment";
pub const PER_DAY: &str = "At most, in one day";
pub const BAD_CEILING: &str = "A ceiling is a number above zero, such as 20 or 12.50.";
pub const ALLOW: &str = "Allow";
pub const DENY: &str = "Do not allow";
pub const SIGNED_IN_AS: &str = "Signed in as";
pub const NOT_YOU: &str = "Not you?";
pub const SIGN_OUT: &str = "Sign out";
pub const TAKE_BACK_LATER: &str = "You can take this back at any time under";

pub const GRANTS: &str = "Apps that act for you";
pub const NO_GRANTS: &str = "You have allowed no app to act for you.";
pub const ALLOWED_ON: &str = "Allowed on";
pub const LAST_USED: &str = "last used on";
pub const NO_CEILING: &str = "no ceiling";
pub const REVOKE: &str = "Take back";

pub const PASSKEYS: &str = "Your passkeys";
pub const PASSKEYS_WHY: &str = "A passkey signs you in with what unlocks this device, such as a fingerprint, instead of your password and code.";
pub const PASSKEYS_LATE: &str = "To add or remove a passkey, sign out and in again: that is possible for five minutes after signing in. A login can have ten passkeys.";
pub const ADD_PASSKEY: &str = "Add a passkey";
pub const REMOVE_PASSKEY: &str = "Remove";
pub const PASSKEY_NAME: &str = "What do you call this device?";
pub const PASSKEY_NOT_TAKEN: &str = "The passkey was not added. Please try again.";
pub const NEEDS_SCRIPT: &str =
    "Adding a passkey needs JavaScript, and a browser that has passkeys. All else here works without.";
pub const ADDED_ON: &str = "Added on";
pub const NEVER_USED: &str = "never used";

pub const UNSAFE: &str = "This link cannot be followed";
pub const UNSAFE_WHY: &str =
    "The app that sent you here did not ask in a way that is safe to answer. You have not allowed anything.";
pub const UNSAFE_DETAIL: &str = "For the app's developers:";
pub const STALE: &str = "This page has grown old";
pub const STALE_WHY: &str = "Please go back to the app and start again. Nothing was allowed.";
pub const FAILED: &str = "Something went wrong";
pub const FAILED_WHY: &str = "This is not your fault, and nothing was allowed. Please try again in a moment.";
