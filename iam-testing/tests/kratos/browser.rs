//! A client that keeps cookies as a browser does.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Send as _, Server};

/// A browser: remembers cookies.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        Self { server, cookies: Vec::new() }
    }

    pub(crate) fn header(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        pairs.join("; ")
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(k, _)| k == name);
        found.map(|(_, v)| v.as_str())
    }

    pub(crate) fn forget(&mut self, prefix: &str) {
        self.cookies.retain(|(k, _)| !k.starts_with(prefix));
    }

    pub(crate) async fn send(&mut self, mut request: RequestBuilder) -> Reply {
        if !self.cookies.is_empty() {
            request = request.header("cookie", self.header());
        }
        let reply = request.reply().await;
        for line in &reply.set_cookies {
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(k, _)| k != name);
            if !attributes.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        reply
    }

    /// Begins a flow as JSON; the form's action and CSRF token.
    pub(crate) async fn begin(&mut self, flow: &str, query: &str) -> (String, String) {
        let path = format!("/self-service/{flow}/browser{query}");
        let request = self.server.get(&path).header("accept", "application/json");
        let reply = self.send(request).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let action = reply.json["ui"]["action"].as_str().unwrap().to_owned();
        let node = &reply.json["ui"]["nodes"][0]["attributes"];
        assert_eq!(node["name"], "csrf_token");
        (action, node["value"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn submit(&mut self, action: &str, form: Value) -> Reply {
        let request = self.server.client.post(action).json(&form);
        self.send(request).await
    }

    pub(crate) async fn log_in(&mut self, email: &str) -> Reply {
        let (action, csrf) = self.begin("login", "").await;
        let form = json!({"method": "password", "identifier": email, "password": PASSWORD,
            "csrf_token": csrf});
        self.submit(&action, form).await
    }
}
