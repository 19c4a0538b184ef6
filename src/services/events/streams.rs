//! One listener's stream: from where it begins, until when it lasts.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Listener;
use super::hub::{FRAMES_WAITING_MAX, Frame, NotJoined, Taken};
use super::places::Places;
use super::rounds::{Look, look};
use crate::domain::causes::with_causes;
use crate::domain::ids::CommunityId;
use crate::services::{ServiceError, Services};
use crate::storage::{Conn, StorageError, communities, events, sessions};

/// How many events of a community are read again for who comes back. Who missed more reads everything anew.
const MISSED_EVENTS_MAX: i64 = 20_000;
/// How long one frame may take to go out while missed events are read again.
const FRAME_WAIT_MAX: Duration = Duration::from_secs(30);

/// What a listener hears. It ends with the listener's token or session, with the service, or when it is dropped.
#[derive(Debug)]
pub struct EventStream {
    frames: mpsc::Receiver<Frame>,
    _taken: Taken,
}

impl EventStream {
    /// The next frame; none once the stream is over.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Frame>> {
        self.frames.poll_recv(context)
    }
}

/// Where a stream begins.
struct Beginning {
    places: Places,
    /// Whether what the listener heard last is too old, or was not understood.
    is_anew: bool,
}

impl Services {
    /// Begins a stream: behind what the listener heard last, or now.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the session is over; when there are too many streams.
    pub async fn listen(
        self: &Arc<Self>,
        listener: Listener,
        last_heard: Option<String>,
    ) -> Result<EventStream, ServiceError> {
        let taken = self.hub.take(listener.user_id)?;
        let now = self.now();
        let begin = move |conn: &mut Conn| {
            let session = sessions::find(conn, listener.session_id)?;
            let is_live = session.is_some_and(|own| own.is_live(now) && own.user_id == listener.user_id);
            if !is_live || listener.until <= now {
                return Err(ServiceError::Unauthenticated);
            }
            Ok(find_beginning(conn, &listener, last_heard.as_deref())?)
        };
        let Beginning { places, is_anew } = self.ledger.read(begin).await?;
        let (sender, frames) = mpsc::channel(FRAMES_WAITING_MAX);
        let id = places.to_string();
        let first = [Some(Frame::Begin { id: id.clone() }), is_anew.then_some(Frame::Reset { id, at: now })];
        for frame in first.into_iter().flatten() {
            sender.try_send(frame).map_err(|_| ServiceError::Internal("a new stream has no room".into()))?;
        }
        let key = taken.key;
        let services = Arc::clone(self);
        // Not waited for: it ends by itself, at the latest when the stream is dropped.
        drop(tokio::spawn(async move {
            if let Err(error) = services.catch_up(key, listener, places, sender).await {
                tracing::warn!("a stream of events ended early: {}", with_causes(&error));
            }
        }));
        Ok(EventStream { frames, _taken: taken })
    }

    /// Tells a listener what they missed, until they hear with the others.
    async fn catch_up(
        &self,
        key: u64,
        listener: Listener,
        mut heard: Places,
        frames: mpsc::Sender<Frame>,
    ) -> Result<(), ServiceError> {
        while self.hub.is_open() {
            let (now, behind) = (self.now(), heard.clone());
            let read = move |conn: &mut Conn| read_missed(conn, &behind, &listener, now);
            let (looks, has_more) = self.ledger.read(read).await?;
            for (community_id, look) in looks {
                if !look.over.is_empty() {
                    return Ok(());
                }
                for (told, _) in look.told {
                    heard.advance(community_id, told.event.event_seq);
                    let frame = Frame::Event { id: heard.to_string(), told };
                    let Ok(Ok(())) = timeout(FRAME_WAIT_MAX, frames.send(frame)).await else { return Ok(()) };
                }
                heard.advance(community_id, look.through);
            }
            if has_more {
                continue;
            }
            match self.hub.join(key, listener, &heard, &frames, now) {
                Err(NotJoined::Behind) => {}
                Ok(()) | Err(NotJoined::Over) => return Ok(()),
            }
        }
        Ok(())
    }

    /// Ends all streams, so that the server can stop. New ones are turned away.
    pub fn end_streams(&self) {
        self.hub.close();
    }
}

/// What a listener missed in each community, and whether there is more.
fn read_missed(
    conn: &mut Conn,
    behind: &Places,
    listener: &Listener,
    now: crate::domain::time::Timestamp,
) -> Result<(Vec<(CommunityId, Look)>, bool), StorageError> {
    let ids: Vec<_> = behind.iter().map(|(id, _)| id).collect();
    let newest = events::newest(conn, &ids)?;
    let (mut looks, mut has_more) = (Vec::new(), false);
    for (community_id, after) in behind.iter() {
        let end = newest.get(&community_id).copied().unwrap_or(0);
        if end > after {
            let look = look(conn, community_id, after, std::slice::from_ref(listener), now)?;
            has_more |= look.through < end;
            looks.push((community_id, look));
        }
    }
    Ok((looks, has_more))
}

fn find_beginning(
    conn: &mut Conn,
    listener: &Listener,
    last_heard: Option<&str>,
) -> Result<Beginning, StorageError> {
    let ids = communities::ids_of_user(conn, listener.user_id)?;
    let newest = events::newest(conn, &ids)?;
    let mut own = Vec::new();
    for id in ids {
        own.extend(communities::find(conn, id)?.map(Arc::new));
    }
    let end = Places::at(&own, |id| newest.get(&id).copied().unwrap_or(0));
    let Some(last_heard) = last_heard else { return Ok(Beginning { places: end, is_anew: false }) };
    match end.parse(last_heard) {
        Some(from) if can_go_on(conn, &from, &end)? => Ok(Beginning { places: from, is_anew: false }),
        _ => Ok(Beginning { places: end, is_anew: true }),
    }
}

/// Whether everything behind these places is still there, and not too much.
fn can_go_on(conn: &mut Conn, from: &Places, end: &Places) -> Result<bool, StorageError> {
    for (community_id, place) in from.iter() {
        let missed = end.of(community_id).unwrap_or(0).saturating_sub(place);
        if !(0..=MISSED_EVENTS_MAX).contains(&missed) {
            return Ok(false);
        }
        if missed > 0 && events::behind(conn, community_id, place, 1)?.first_seq != Some(place + 1) {
            return Ok(false);
        }
    }
    Ok(true)
}
