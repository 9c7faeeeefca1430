//! Who used an item: arguments of recording, which are hashed and never stored.

use std::fmt;
use std::net::SocketAddr;

/// What is known of a visitor, borrowed from the request. It is hashed to the id of a session of one hour and then
/// forgotten: no document, error, log or `Debug` output has it.
///
/// Of what is given, the first of these counts, as COUNTER has it: the user id, the client session id, the client's
/// IP address together with its user agent. `None` stands for what the request does not have.
///
/// ```
/// use djelme_core::usage::Visitor;
///
/// let (cookie, user_agent) = (None, Some("Mozilla/5.0"));
/// let visitor = Visitor::new().client_session_id(cookie).client_ip("192.0.2.7").user_agent(user_agent);
/// assert_eq!(format!("{visitor:?}"), "Visitor(client_ip, user_agent)");
/// ```
#[derive(Clone, Copy, Default)]
pub struct Visitor<'a> {
    sessionhour_id: Option<&'a str>,
    user_id: Option<&'a str>,
    client_session_id: Option<&'a str>,
    client_ip: Option<&'a str>,
    user_agent: Option<&'a str>,
}

/// The part of a visitor's data that tells sessions apart.
#[derive(Clone, Copy)]
pub(super) enum Identity<'a> {
    Session(&'a str),
    User(&'a str),
    Client(&'a str),
    Agent { ip: &'a str, user_agent: &'a str },
}

impl<'a> Visitor<'a> {
    /// A visitor of whom nothing is known yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sessionhour_id: None,
            user_id: None,
            client_session_id: None,
            client_ip: None,
            user_agent: None,
        }
    }

    /// A visitor whose session has an id already, which is stored as it is: for data that moves from elsewhere.
    #[must_use]
    pub const fn of_session(sessionhour_id: &'a str) -> Self {
        Self { sessionhour_id: Some(sessionhour_id), ..Self::new() }
    }

    /// The account that the visitor is logged in with.
    #[must_use]
    pub fn user_id(mut self, id: impl Into<Option<&'a str>>) -> Self {
        self.user_id = id.into();
        self
    }

    /// What the client shows again with each request, such as a session cookie.
    #[must_use]
    pub fn client_session_id(mut self, id: impl Into<Option<&'a str>>) -> Self {
        self.client_session_id = id.into();
        self
    }

    /// The address that the request came from, without a port: not the server's own name. The Python package calls
    /// it `request_host`.
    #[must_use]
    pub fn client_ip(mut self, address: impl Into<Option<&'a str>>) -> Self {
        self.client_ip = address.into();
        self
    }

    /// The header `User-Agent` of the request. The Python package calls it `request_useragent`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<Option<&'a str>>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// What identifies the visitor. A blank value is a mistake of the program: `None` says that there is none.
    pub(super) fn identity(&self) -> Result<Identity<'a>, &'static str> {
        if let Some(id) = self.sessionhour_id {
            return not_blank(id, "the given session id is blank").map(Identity::Session);
        }
        if let Some(id) = self.user_id {
            return not_blank(id, "the user id of the visitor is blank; give `None` where there is none")
                .map(Identity::User);
        }
        if let Some(id) = self.client_session_id {
            let blank = "the client session id of the visitor is blank; give `None` where there is none";
            return not_blank(id, blank).map(Identity::Client);
        }
        let ip = self.client_ip.filter(|ip| !is_blank(ip));
        let user_agent = self.user_agent.filter(|user_agent| !is_blank(user_agent));
        match (ip, user_agent) {
            (Some(ip), Some(_)) if ip.parse::<SocketAddr>().is_ok() => Err(
                "the client's IP address has a port, which differs from connection to connection: leave it out",
            ),
            (Some(ip), Some(user_agent)) => Ok(Identity::Agent { ip, user_agent }),
            (Some(_), None) => {
                Err("the client's IP address needs the user agent beside it: alone, it does not \
                 tell visitors apart")
            }
            (None, Some(_)) => {
                Err("the user agent needs the client's IP address beside it: alone, it does not \
                 tell visitors apart")
            }
            (None, None) => Err(NOTHING),
        }
    }

    /// The same as the Python package has it: an empty text is as none, and any other text counts as it is.
    pub(super) fn python_identity(&self) -> Result<Identity<'a>, &'static str> {
        let given = |text: Option<&'a str>| text.filter(|text| !text.is_empty());
        match (given(self.sessionhour_id), given(self.user_id), given(self.client_session_id)) {
            (Some(id), _, _) => return Ok(Identity::Session(id)),
            (_, Some(id), _) => return Ok(Identity::User(id)),
            (_, _, Some(id)) => return Ok(Identity::Client(id)),
            (None, None, None) => {}
        }
        match (given(self.client_ip), given(self.user_agent)) {
            (Some(ip), Some(user_agent)) => Ok(Identity::Agent { ip, user_agent }),
            _ => self.identity(),
        }
    }
}

const NOTHING: &str = "nothing is known of the visitor: give a user id, a client session id, or the client's IP address and user agent";

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn not_blank<'a>(text: &'a str, problem: &'static str) -> Result<&'a str, &'static str> {
    if is_blank(text) { Err(problem) } else { Ok(text) }
}

/// Says what is given, and nothing of what it is.
impl fmt::Debug for Visitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("sessionhour_id", self.sessionhour_id),
            ("user_id", self.user_id),
            ("client_session_id", self.client_session_id),
            ("client_ip", self.client_ip),
            ("user_agent", self.user_agent),
        ];
        let given: Vec<_> =
            parts.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect();
        write!(f, "Visitor({})", given.join(", "))
    }
}
