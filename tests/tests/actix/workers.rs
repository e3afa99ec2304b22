//! Several workers, each a thread with an application of its own, share one `Iam`: one cache, and one look-up for all
//! who wait for the same answer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use futures_util::future::join_all;
use iam_actix::prelude::*;
use iam_testing::fault::{Fault, Rule};

use crate::stage::Stage;
use crate::{Tenants, app};

const WORKERS: usize = 4;
const MANY: usize = 40;

#[derive(Default)]
struct Threads(Mutex<HashSet<ThreadId>>);

#[tenant("dealer")]
async fn served(threads: Data<Threads>, me: CurrentUser) -> String {
    threads.0.lock().unwrap().insert(thread::current().id());
    me.id.clone()
}

#[tokio::test]
async fn workers_that_serve_at_once_ask_once_and_remember_for_each_other() {
    let stage = Stage::plan().cached().start().await;
    let routes = Router::new(&stage.iam).route("/dealer/served", get(served)).verify().unwrap();
    let (threads, counters) = (Data::new(Threads::default()), Data::from(Arc::clone(&stage.counters)));
    let of_app = threads.clone();
    let app = move || {
        let app = App::new().app_data(of_app.clone()).app_data(counters.clone());
        app.service(routes.clone()).wrap(from_fn(app::count_arrivals))
    };
    let server = HttpServer::new(app).workers(WORKERS).disable_signals().bind("127.0.0.1:0").unwrap();
    let stage = stage.elsewhere(server.addrs()[0]);
    tokio::spawn(server.run());

    let gate = Fault::hold();
    stage.proxies("dealer").kratos_public.fault(Rule::on("GET", "/sessions/whoami"), gate.before());
    let ask = || stage.get("/dealer/served").token_of("dealer", "plain").send();
    let open = async {
        gate.arrived(1).await;
        stage.counters.arrivals(MANY).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(join_all((0..MANY).map(|_| ask())), open);
    let id = &stage.account("dealer", "plain").identity.id;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.text() == id), "{answers:?}");
    assert_eq!(stage.whoamis("dealer"), 1, "one look-up for all workers");
    let at_once = threads.0.lock().unwrap().len();
    assert!(at_once >= 2, "{at_once} of {WORKERS} workers served");

    threads.0.lock().unwrap().clear();
    let answers = join_all((0..MANY).map(|_| ask())).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(stage.whoamis("dealer"), 1, "what one worker remembers all do");
    assert!(threads.0.lock().unwrap().len() >= 2);
}
