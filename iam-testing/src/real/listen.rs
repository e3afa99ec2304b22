//! Loopback ports for other programs to listen on.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};

use url::Url;

/// Below the numbers that systems hand out by themselves: between our look and the server's bind, no outgoing
/// connection can take one.
const RANGE: std::ops::Range<u16> = 10_000..30_000;

/// A number that no other test program on this machine takes while this lives.
#[derive(Debug)]
pub(super) struct Reserved {
    pub(super) number: u16,
    _lock: File,
}

impl Reserved {
    pub(super) fn new() -> io::Result<Reserved> {
        let folder = std::env::temp_dir().join("iam-ory-ports");
        fs::create_dir_all(&folder)?;
        for _ in 0..1_000 {
            let number = rand::random_range(RANGE);
            let lock = File::create(folder.join(number.to_string()))?;
            let is_ours = lock.try_lock().is_ok();
            if is_ours && TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() {
                return Ok(Reserved { number, _lock: lock });
            }
        }
        Err(io::ErrorKind::AddrNotAvailable.into())
    }

    pub(super) fn url(&self) -> Result<Url, url::ParseError> {
        Url::parse(&format!("http://127.0.0.1:{}/", self.number))
    }
}
