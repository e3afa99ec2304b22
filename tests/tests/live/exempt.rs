//! Where Ory's own servers of this test run answer otherwise than the stand-in, and why: it follows v26.2, and they
//! are older. Whatever else differs fails the run, and so does what is here and differs no more.

use iam_testing::standin::Product;

use crate::row::NO_ANSWER;
use crate::shape::Difference;

/// A row that an older server answers in another way altogether. There, it is held to this status alone.
pub(crate) struct Otherwise {
    pub(crate) product: Product,
    pub(crate) row: &'static str,
    pub(crate) status: u16,
    pub(crate) why: &'static str,
}

/// One place of answers: of one row, or of every row that has it.
pub(crate) struct Place {
    pub(crate) product: Product,
    pub(crate) row: Option<&'static str>,
    /// `status`, `header vary`, or how the pointer ends.
    pub(crate) place: &'static str,
    /// What the older server has there, and what the stand-in has; `*` is anything.
    pub(crate) kinds: Kinds,
    pub(crate) why: &'static str,
}

/// Why a difference may be.
#[derive(Clone, Copy)]
pub(crate) enum Exempt {
    /// The whole row is another one there.
    Row(&'static Otherwise),
    /// It is this place.
    Place(&'static Place),
}

const fn otherwise(product: Product, row: &'static str, status: u16, why: &'static str) -> Otherwise {
    Otherwise { product, row, status, why }
}

type Kinds = (&'static str, &'static str);

const fn everywhere(product: Product, place: &'static str, kinds: Kinds, why: &'static str) -> Place {
    Place { product, row: None, place, kinds, why }
}

const fn of_row(product: Product, row: &'static str, place: &'static str, kinds: Kinds, why: &'static str) -> Place {
    Place { product, row: Some(row), place, kinds, why }
}

const ABSENT: &str = "absent";
const UNSTORED: &str = "private, no-cache, no-store, must-revalidate";

use Product::{Hydra, Keto, Kratos};

const HINTS: &str = "v1 has one hint and one reason for every error about the token";
const EXTERNAL_ID: &str = "v1 knows no such field";

const ORGANISATIONS: &str = "v1 has no organisations, and looks at no such filter";
const ROTATION: &str = "it came with v26";

pub(crate) static OTHERWISE: &[Otherwise] = &[
    otherwise(Kratos, "a broken cookie before a good one", 200, "v1 looks on until one can be decoded"),
    otherwise(Kratos, "by two filters", 200, "v1 takes the one that it likes"),
    otherwise(Kratos, "the other sessions of an inactive identity", 401, "v1 looks at the identity in every call"),
    otherwise(Kratos, "the other sessions where a second factor is due", 200, "v1 looks at that in whoami alone"),
    otherwise(Kratos, "a form without its cookie, from a script", 403, HINTS),
    otherwise(Kratos, "a form without its cookie, from a page", 403, HINTS),
    otherwise(Kratos, "fields without their token", 403, HINTS),
    otherwise(Kratos, "the last page of sessions", 200, "v1 numbers its pages from 1 and its links from 0"),
    otherwise(Kratos, "identities without the prefix", 307, "v1 redirects to the path with the prefix"),
    otherwise(Kratos, "a page size below none is the usual one", NO_ANSWER, "v1 panics, and closes the connection"),
    otherwise(Kratos, "a page size that is too large is the largest", 200, "v1 links to pages of the size asked for"),
    otherwise(Kratos, "the one that was created", 404, "v1 says that it was, and takes all of them back"),
    otherwise(Kratos, "one with an id of one's own", 400, EXTERNAL_ID),
    otherwise(Kratos, "an id of one's own twice", 400, EXTERNAL_ID),
    otherwise(Kratos, "found by it", 404, EXTERNAL_ID),
    otherwise(Kratos, "an id that an update leaves out", 404, EXTERNAL_ID),
    otherwise(Kratos, "which finds nobody then", 404, EXTERNAL_ID),
    otherwise(Kratos, "the one who had it, deleted", 404, EXTERNAL_ID),
    otherwise(Kratos, "by too many ids", 200, "v1 takes as many as there are"),
    otherwise(Kratos, "too many at once", 200, "v1 takes 2000 at once, and counts no passwords"),
    otherwise(Kratos, "too many passwords at once", 200, "v1 takes 2000 at once, and counts no passwords"),
    otherwise(Kratos, "by an organisation of nobody's", 200, ORGANISATIONS),
    otherwise(Kratos, "by an organisation that is no UUID", 200, ORGANISATIONS),
    otherwise(Kratos, "an authenticator app patched away", 400, "v1 shows no credentials to a patch"),
    otherwise(Keto, "a page token of nobody's", 500, "v0 takes it for a mistake of its own"),
    otherwise(Hydra, "a page token of nobody's, for clients", 200, "v2 takes it for the first page's"),
    otherwise(Hydra, "a page of clients that is too large", 200, "v2 links by number, to pages of what there is"),
    otherwise(Hydra, "a page of no clients", 200, "v2 links by number, to pages of what there is"),
    otherwise(Hydra, "a logout request of nobody's", 404, "v2 has logouts in its database, and its database's words"),
    otherwise(Hydra, "a logout of nobody's accepted", 404, "v2 has logouts in its database, and its database's words"),
    otherwise(Hydra, "discovery by its other name", 404, "it came with v25"),
    otherwise(Hydra, "a secret rotated", 404, ROTATION),
    otherwise(Hydra, "the secret of the rotation", 401, ROTATION),
    otherwise(Hydra, "the secrets of before taken away", 404, ROTATION),
    otherwise(Hydra, "which is no secret any more", 200, ROTATION),
    otherwise(Hydra, "no secret to rotate", 404, ROTATION),
    otherwise(Hydra, "nobody's secret to rotate", 404, ROTATION),
    otherwise(Hydra, "introspection without the prefix", 307, "v2 redirects to the path with the prefix"),
    otherwise(Hydra, "introspection by another method", 405, "v2 tells a method from a path"),
];

const CSRF: Kinds = ("HttpOnly; Max-Age; Path=/; SameSite=Lax; Secure", "HttpOnly; Max-Age; Path=/; SameSite=Lax");
const SESSION: Kinds =
    ("Expires; HttpOnly; Max-Age; Path=/; SameSite=Lax; Secure", "Expires; HttpOnly; Max-Age; Path=/; SameSite=Lax");
const DEV: &str = "the stand-in is as a server with `--dev`, whose cookies need no TLS";
const EVERY_GET: &str = "v26 says so of every GET and of no other call";
const KEYSET: &str = "v26 counts nothing here, and has no way back";
const NOT_FOUND: &str = "v26 has a page of its own, or JSON";

pub(crate) static PLACES: &[Place] = &[
    everywhere(Kratos, "header ory-error-id", (ABSENT, "*"), "it came with v25"),
    everywhere(Kratos, "header cache-control", (UNSTORED, ABSENT), EVERY_GET),
    everywhere(Kratos, "header cache-control", (ABSENT, UNSTORED), EVERY_GET),
    everywhere(Kratos, "header set-cookie csrf_token_*", CSRF, DEV),
    everywhere(Kratos, "header set-cookie shop_session", SESSION, DEV),
    everywhere(Kratos, "header set-cookie brief_session", SESSION, DEV),
    everywhere(Kratos, "/organization", ("``", ABSENT), "v26 leaves out what is empty"),
    of_row(Kratos, "everybody's sessions", "header x-total-count", ("*", ABSENT), KEYSET),
    of_row(Kratos, "more of them", "header x-total-count", ("*", ABSENT), KEYSET),
    everywhere(Keto, "header ory-error-id", (ABSENT, "*"), "it came with v25"),
    of_row(Keto, "a page", "/next_page_token", ("a UUID", "text"), "v26 seals it"),
    everywhere(Hydra, "header cache-control", (UNSTORED, ABSENT), EVERY_GET),
    everywhere(Hydra, "header cache-control", (ABSENT, UNSTORED), EVERY_GET),
    everywhere(Hydra, "header set-cookie ory_hydra_login_csrf_*", ("*", ABSENT), DEV),
    everywhere(Hydra, "header set-cookie ory_hydra_login_csrf_dev_*", (ABSENT, "*"), DEV),
    everywhere(Hydra, "header set-cookie ory_hydra_consent_csrf_*", ("*", ABSENT), DEV),
    everywhere(Hydra, "header set-cookie ory_hydra_consent_csrf_dev_*", (ABSENT, "*"), DEV),
    everywhere(Hydra, "header set-cookie ory_hydra_session", ("*", ABSENT), DEV),
    everywhere(Hydra, "header set-cookie ory_hydra_session_dev", (ABSENT, "*"), DEV),
    everywhere(Hydra, "header x-total-count", ("*", ABSENT), KEYSET),
    everywhere(Hydra, "/consent_request_id", (ABSENT, "a UUID"), "v26 has both a challenge and an id"),
    of_row(Hydra, "a logout request", "/challenge", ("a UUID", "text"), "v26 seals the logout in it"),
    of_row(Hydra, "a page of clients", "header link", ("*", "*"), KEYSET),
    of_row(Hydra, "a token by a trusted word", "/aud", ("a list", "an empty list"), "v2 grants what the word was for"),
    of_row(Hydra, "discovery", "/device_authorization_endpoint", (ABSENT, "a URL"), "the device grant came with v25"),
    of_row(Hydra, "discovery", "/grant_types_supported/*", ("*", "*"), "the device grant came with v25"),
    of_row(Hydra, "introspection on the public listener", "", ("404 page not found\\n", "*"), NOT_FOUND),
    of_row(Hydra, "introspection on the public listener", "header content-type", ("*", "*"), NOT_FOUND),
    of_row(Hydra, "a route that is not there", "", ("404 page not found\\n", "*"), NOT_FOUND),
    of_row(Hydra, "a route that is not there", "header content-type", ("*", "*"), NOT_FOUND),
    of_row(Hydra, "no version on the public listener", "", ("404 page not found\\n", "*"), NOT_FOUND),
    of_row(Hydra, "no version on the public listener", "header content-type", ("*", "*"), NOT_FOUND),
];

/// Ory's versions went from v0 of Keto, v1 of Kratos and v2 of Hydra to v25.
pub(crate) fn is_old(version: &str) -> bool {
    ["v0.", "v1.", "v2."].iter().any(|old| version.starts_with(old))
}

/// The status that an older server gives this row, if it is another answer.
pub(crate) fn status(product: Product, row: &str) -> Option<u16> {
    OTHERWISE.iter().find(|exempt| exempt.product == product && exempt.row == row).map(|exempt| exempt.status)
}

impl Place {
    pub(crate) fn covers(&self, product: Product, row: &str, difference: &Difference) -> bool {
        let Difference { place, here, there } = difference;
        let ends = *place == self.place || self.place.starts_with('/') && place.ends_with(self.place);
        let is_meant = |meant: &str, seen: &str| meant == "*" || meant == seen;
        self.product == product
            && self.row.is_none_or(|name| name == row)
            && ends
            && is_meant(self.kinds.0, here)
            && is_meant(self.kinds.1, there)
    }
}
