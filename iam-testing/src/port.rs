//! A loopback port that dies with its handle, and that can refuse connections and come back in between.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

/// Connections that may wait to be accepted, as large as the tests' widest burst.
const BACKLOG: u32 = 1024;

/// What a port does with one accepted connection.
pub(crate) type Connection = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A port that is bound (so that its number is known) and not served yet.
pub(crate) struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

impl Bound {
    /// Binds 127.0.0.1 with a number that the system picks.
    pub(crate) async fn loopback() -> io::Result<Bound> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Bound { listener, address })
    }

    /// Where clients find it.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `router` over HTTP/1.1.
    pub(crate) fn serve_router(self, router: Router) -> Port {
        self.serve(move |stream| {
            let service = TowerToHyperService::new(router.clone());
            Box::pin(async move {
                // An error here is a client that broke off; the test sees its own half of that.
                let _ = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            })
        })
    }

    /// Serves whatever `handler` makes of a raw connection.
    pub(crate) fn serve(self, handler: impl Fn(TcpStream) -> Connection + Send + 'static) -> Port {
        let (commands, inbox) = mpsc::channel(1);
        let address = self.address;
        let task = tokio::spawn(run(Door::Open(self.listener), address, inbox, handler));
        Port { commands, task }
    }
}

/// A served port. Dropping it closes the port and every connection on it.
pub(crate) struct Port {
    commands: mpsc::Sender<Command>,
    task: JoinHandle<()>,
}

impl Port {
    /// Closes every connection and has new ones refused by the system, as after a crash.
    pub(crate) async fn refuse(&self) -> io::Result<()> {
        self.send(Command::Refuse).await
    }

    /// Accepts connections again, on the same number.
    pub(crate) async fn resume(&self) -> io::Result<()> {
        self.send(Command::Resume).await
    }

    async fn send(&self, command: fn(Reply) -> Command) -> io::Result<()> {
        let (reply, answer) = oneshot::channel();
        let gone = || io::Error::other("the port's task has ended");
        self.commands.send(command(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Reply = oneshot::Sender<io::Result<()>>;

enum Command {
    Refuse(Reply),
    Resume(Reply),
}

enum Door {
    Open(TcpListener),
    /// Bound but not listening: connections are refused, yet no other process can take the number.
    Shut(TcpSocket),
    /// The number could not be held or opened again; only another attempt can help.
    Lost,
}

async fn run(
    mut door: Door,
    address: SocketAddr,
    mut inbox: mpsc::Receiver<Command>,
    handler: impl Fn(TcpStream) -> Connection,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            stream = accept(&door) => {
                let _ = stream.set_nodelay(true);
                connections.spawn(handler(stream));
            }
            Some(_) = connections.join_next() => {}
            command = inbox.recv() => match command {
                Some(Command::Refuse(reply)) => {
                    let outcome = shut(&mut door, address);
                    connections.shutdown().await;
                    let _ = reply.send(outcome);
                }
                Some(Command::Resume(reply)) => {
                    let _ = reply.send(open(&mut door, address));
                }
                None => return,
            },
        }
    }
}

async fn accept(door: &Door) -> TcpStream {
    let Door::Open(listener) = door else {
        return std::future::pending().await;
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // Out of file descriptors, most likely: some connection has to end first.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

fn reserve(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn shut(door: &mut Door, address: SocketAddr) -> io::Result<()> {
    if matches!(door, Door::Shut(_)) {
        return Ok(());
    }
    // The listener has to go before the reservation can take its place.
    *door = Door::Lost;
    *door = Door::Shut(reserve(address)?);
    Ok(())
}

fn open(door: &mut Door, address: SocketAddr) -> io::Result<()> {
    let socket = match std::mem::replace(door, Door::Lost) {
        Door::Open(listener) => {
            *door = Door::Open(listener);
            return Ok(());
        }
        Door::Shut(socket) => socket,
        Door::Lost => reserve(address)?,
    };
    *door = Door::Open(socket.listen(BACKLOG)?);
    Ok(())
}
