//! Somebody sends random tokens as fast as the wire takes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use iam_testing::client::NewIdentity;
use iam_testing::fault::{Fault, Rule};

use crate::stage::{Plan, Stage, child};

const TOKENS: usize = 50_000;
/// Who sends them at once; more than may be under way, so that the cap is felt.
const FLOODERS: usize = 96;
const CAP: usize = 64;
const USERS: usize = 100;
/// How many users are active at once: no more than the slots kept for them.
const ACTIVE: usize = CAP / 4;
/// Random, and long: whoever kept them all would keep 50 MiB.
const TOKEN_LENGTH: usize = 1024;
const MEMORY: usize = 40 << 20;

#[test]
fn users_do_not_notice_with_the_cache_on() {
    in_a_process_of_its_own("users_do_not_notice_with_the_cache_on", true);
}

#[test]
fn users_do_not_notice_with_the_cache_off() {
    in_a_process_of_its_own("users_do_not_notice_with_the_cache_off", false);
}

fn in_a_process_of_its_own(function: &str, cached: bool) {
    let name = child::name(module_path!(), function);
    if child::is(&name) {
        tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(flood(cached));
    } else {
        child::run(&name, &[]);
    }
}

async fn flood(cached: bool) {
    let plan = if cached { Plan::default().cached() } else { Plan::default() };
    let plan = plan.set("customer.http.max_in_flight", CAP).set("customer.cache.max_entries", 1000);
    // How long a real server takes on a busy machine is not what is looked at.
    let plan = plan.set("customer.http.total_timeout_ms", 25_000);
    let stage = Arc::new(plan.start().await);
    let sessions = Arc::new(users(&stage).await);
    for token in &*sessions {
        stage.get("/customer/me").bearer(token).expect(200).await;
    }
    // Kratos is slow, so that look-ups pile up as far as they may.
    let kratos = Arc::clone(&stage.proxies("customer").kratos_public);
    let known = Arc::clone(&sessions);
    let random = Rule::on("GET", "/sessions/whoami").when(move |request| {
        request.header("x-session-token").is_none_or(|token| !known.iter().any(|own| own == token))
    });
    kratos.fault(random, Fault::Delay(Duration::from_millis(20)));
    kratos.clear();

    let (over, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let active: Vec<_> = (0..ACTIVE)
        .map(|first| {
            let (stage, sessions) = (Arc::clone(&stage), Arc::clone(&sessions));
            let (over, served) = (Arc::clone(&over), Arc::clone(&served));
            tokio::spawn(async move {
                let mut next = first;
                while !over.load(Ordering::SeqCst) {
                    let answer = stage.get("/customer/me").bearer(&sessions[next % USERS]).send().await;
                    assert_eq!(answer.status, 200, "user {}: {answer:?}", next % USERS);
                    served.fetch_add(1, Ordering::SeqCst);
                    next += ACTIVE;
                }
            })
        })
        .collect();

    let memory = resident();
    let (sent, busiest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let flooders: Vec<_> = (0..FLOODERS)
        .map(|_| {
            let (stage, sent) = (Arc::clone(&stage), Arc::clone(&sent));
            let (kratos, busiest) = (Arc::clone(&kratos), Arc::clone(&busiest));
            tokio::spawn(async move {
                let mut connection = stage.connect().await;
                let mut refused = [0; 2];
                loop {
                    let number = sent.fetch_add(1, Ordering::SeqCst);
                    if number >= TOKENS {
                        return refused;
                    }
                    let random = uuid::Uuid::new_v4().simple().to_string().repeat(TOKEN_LENGTH / 32);
                    let request =
                        format!("GET /customer/me HTTP/1.1\r\nHost: app\r\nAuthorization: Bearer {random}\r\n\r\n");
                    match connection.ask(request.as_bytes()).await {
                        401 => refused[0] += 1,
                        503 => refused[1] += 1,
                        other => panic!("a random token was answered {other}"),
                    }
                    // What the proxy and the recorder keep is not the application's memory.
                    if number % 1000 == 999 {
                        busiest.fetch_max(kratos.max_in_flight(), Ordering::SeqCst);
                        kratos.clear();
                    }
                    if number % 100 == 0 {
                        stage.events().await;
                    }
                }
            })
        })
        .collect();
    let mut refused = [0; 2];
    for flooder in flooders {
        let by_one = flooder.await.unwrap();
        refused = [refused[0] + by_one[0], refused[1] + by_one[1]];
    }
    over.store(true, Ordering::SeqCst);
    for user in active {
        user.await.unwrap();
    }
    stage.events().await;
    let grown = resident().saturating_sub(memory);

    assert_eq!(refused[0] + refused[1], TOKENS);
    assert!(refused[0] > 0 && refused[1] > 0, "some were looked up, and some were too many: {refused:?}");
    assert!(served.load(Ordering::SeqCst) > USERS, "every user went on meanwhile");
    let busiest = busiest.load(Ordering::SeqCst);
    // That the cap was reached is told by the 503s; how many calls meet at the proxy depends on the machine.
    assert!((1..=CAP).contains(&busiest), "{busiest} calls under way at once, {CAP} allowed");
    assert!(grown < MEMORY, "{TOKENS} tokens of {TOKEN_LENGTH} bytes left {grown} bytes behind");

    // What was remembered of good sessions is still there.
    kratos.clear();
    for token in &*sessions {
        stage.get("/customer/me").bearer(token).expect(200).await;
    }
    assert_eq!(stage.whoamis("customer"), if cached { 0 } else { USERS });
}

/// The session tokens of a hundred users.
async fn users(stage: &Stage) -> Vec<String> {
    let ory = &stage.tenant("customer").client;
    let mut tokens = Vec::with_capacity(USERS);
    for index in 0..USERS {
        let identity = NewIdentity::new(format!("user-{index}@customer.test"));
        let identity = ory.create_identity(identity).await.unwrap();
        tokens.push(ory.login(&identity).await.unwrap().token);
    }
    tokens
}

/// Bytes of memory that this process has in use; 0 where the system does not tell like Linux.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or_default() * 1024
}
