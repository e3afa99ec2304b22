//! The faults.

use std::time::Duration;

use bytes::Bytes;

use super::Gate;

/// What happens to a request that a [`Rule`](super::Rule) picked.
///
/// Where a status is a number, one that HTTP cannot carry (below 100 or above 999) is sent as 500.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Waits, then passes the request on.
    Delay(Duration),
    /// Takes the request and never answers.
    Hang,
    /// Answers 200 and declares `bytes` bytes of JSON white space, of which the first comes at once and each
    /// further one after `every`.
    Drip {
        /// The pause between two bytes.
        every: Duration,
        /// Bytes in all.
        bytes: usize,
    },
    /// Answers with bytes that are not HTTP and closes the connection.
    Garbage,
    /// Answers with an HTML page, as the edge in front of a server does.
    Html(u16),
    /// Closes the connection with a TCP reset, nothing sent.
    Reset,
    /// Passes the request on and breaks the connection after so many bytes of the answer's body; at least the
    /// last byte is always missing.
    Truncate(usize),
    /// Answers 200 with valid JSON of about so many bytes, chunked: no header announces the size.
    Oversize(u64),
    /// Answers 200 with gzip that is small on the wire and inflates to so many bytes.
    GzipBomb(u64),
    /// Answers 307 to this address, as Kratos does between its own ports.
    Redirect(String),
    /// Answers with this status and an empty body.
    Status(u16),
    /// Answers exactly this; `Content-Length` is added unless given. An invalid header is left out.
    Respond {
        /// The status.
        status: u16,
        /// Header names and values.
        headers: Vec<(String, String)>,
        /// The body as sent.
        body: Bytes,
    },
    /// Holds the request at a gate, then passes it on. See [`Gate::before`].
    HoldBefore(Gate),
    /// Passes the request on and holds the answer at a gate. See [`Gate::after`].
    HoldAfter(Gate),
}

impl Fault {
    /// A closed gate, whose [`before`](Gate::before) and [`after`](Gate::after) are the faults.
    #[must_use]
    pub fn hold() -> Gate {
        Gate::new()
    }

    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Bytes>) -> Fault {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Fault::Respond { status, headers, body: body.into() }
    }
}
