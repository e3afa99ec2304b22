use reqwest::{Client, RequestBuilder};

/// The request that a printed curl line makes once it is pasted into a shell; none for a line with
/// an option that the programs of this crate never print.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let http = iam_testing::client::http_client()?;
/// let request = iam_testing::dev::pasted(&http, "curl -i -H 'Accept: text/plain' http://127.0.0.1:3000/health");
/// let request = request.unwrap().build()?;
/// assert_eq!((request.url().path(), &request.headers()["accept"]), ("/health", &"text/plain".parse()?));
/// # Ok(()) }
/// ```
#[must_use]
pub fn pasted(http: &Client, line: &str) -> Option<RequestBuilder> {
    let words = words(line);
    let (url, options) = words.split_last()?;
    let (mut headers, mut form) = (Vec::new(), Vec::new());
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            "-H" => headers.push(options.next()?.split_once(": ")?),
            "--data-urlencode" => form.push(options.next()?.split_once('=')?),
            "curl" | "-s" | "-i" => {}
            _ => return None,
        }
    }
    let request = if form.is_empty() { http.get(url) } else { http.post(url).form(&form) };
    Some(headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)))
}

/// A line in the words that a shell makes of it; these lines hold no quote within a quote.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(n, part)| match n % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}
