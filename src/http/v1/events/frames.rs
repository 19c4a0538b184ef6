//! A stream's bytes, as browsers read them (HTML, section 9.2).

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

use crate::http::answers::to_json;
use crate::http::views::{EventView, ResetView};
use crate::services::events::{EventStream, Frame};

/// After how many milliseconds a client that lost its stream comes back.
const RETRY_MS: u32 = 3_000;

/// An answer's body that goes on until its stream ends.
pub struct Frames(pub EventStream);

impl MessageBody for Frames {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.0.poll_next(context).map(|frame| frame.map(|frame| Ok(Bytes::from(write(&frame)))))
    }
}

/// Every line of a frame has a name, JSON has no line ends, and ids are numbers and codes.
fn write(frame: &Frame) -> String {
    match frame {
        // An id without an event is kept by the client: from there it goes on.
        Frame::Begin { id } => format!("retry: {RETRY_MS}\nid: {id}\n\n"),
        Frame::Beat { id } => format!(": still here\nid: {id}\n\n"),
        Frame::Reset { id, at } => format!("id: {id}\nevent: reset\ndata: {}\n\n", json(&ResetView::at(*at))),
        Frame::Event { id, told } => {
            format!(
                "id: {id}\nevent: {}\ndata: {}\n\n",
                told.event.kind.name(),
                json(&EventView::from(&**told))
            )
        }
    }
}

fn json(view: &impl serde::Serialize) -> String {
    String::from_utf8(to_json(view)).unwrap_or_default()
}
