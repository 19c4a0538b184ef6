//! In which of several formats a document is written: the one that the caller likes best.

use std::cmp::Reverse;

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header as _, Quality, QualityItem};
use actix_web::mime::Mime;

use crate::http::problem::{ApiError, ProblemCode};

/// A format that a document can have.
pub trait Offered: Copy {
    /// Its media type.
    fn media_type(self) -> &'static str;
}

/// The format that the caller likes best; of those liked as much, the one that is named first. Who likes nothing in particular
/// gets the first that is offered.
///
/// # Errors
/// `not_acceptable` where the caller takes none of them.
pub fn accepted<T: Offered>(request: &HttpRequest, offered: &[T]) -> Result<T, ApiError> {
    let ranges = Accept::parse(request).map(|Accept(ranges)| ranges).unwrap_or_default();
    let liked =
        offered.iter().rev().filter_map(|format| Some((liking(&ranges, format.media_type())?, *format)));
    let best = liked.max_by_key(|(liking, _)| *liking).map(|(_, format)| format);
    let default = offered.first().copied().filter(|_| ranges.is_empty());
    best.or(default).ok_or(ApiError::new(ProblemCode::NotAcceptable))
}

/// How much a media type is liked, by the most specific range that it is in (RFC 9110 section 12.5.1); none where it is in
/// none, or not liked at all.
fn liking(ranges: &[QualityItem<Mime>], media_type: &str) -> Option<(Quality, Reverse<usize>)> {
    let (kind, _) = media_type.split_once('/')?;
    let matching = ranges.iter().enumerate().filter_map(|(place, range)| {
        let specificity = match range.item.essence_str() {
            "*/*" => 0,
            essence if essence.strip_suffix("/*") == Some(kind) => 1,
            essence if essence == media_type => 2,
            _ => return None,
        };
        Some((specificity, Reverse(place), range.quality))
    });
    let (_, place, quality) = matching.max()?;
    (quality > Quality::ZERO).then_some((quality, place))
}
