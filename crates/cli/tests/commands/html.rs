//! `berus dump --html`: the page is whole, loads nothing, and makes no markup of what is in a module; a browser shows it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use berus_testkit::{TempDir, process, temp_dir};

/// Text that would be markup, or end the data, if anything let it.
const HOSTILE: [&str; 3] = [
    "</script><script>document.title = 'hit'</script>",
    "<img src=x onerror=\"document.title = 'hit'\">",
    "<!--<script>",
];

fn berus(folder: &Path, args: &[&str]) -> Vec<u8> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_berus")).args(args).current_dir(folder).output().expect("berus starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A folder with the page of a module that says hostile things wherever it can.
fn hostile_page() -> (TempDir, PathBuf) {
    let folder = temp_dir();
    let mut source = String::from("def area(width, height):\n    # <b>\n    return width * height\n");
    for text in HOSTILE {
        source.push_str(&format!("x = {text:?}, {text:?}, 'a<b'\n"));
    }
    fs::write(folder.path().join("page.py"), source).expect("it can be written");
    // A name of a file has no slash.
    let module = format!("{}.mpy", HOSTILE[1]);
    berus(folder.path(), &["compile", "-o", &module, "-s", HOSTILE[0], "page.py"]);
    let page = folder.path().join("page.html");
    fs::write(&page, berus(folder.path(), &["dump", "--html", "--source", "page.py", "--", &module]))
        .expect("it can be written");
    (folder, page)
}

/// The data of a page, as a browser would find it.
fn data(page: &str) -> serde_json::Value {
    let start = "<script id=\"module\" type=\"application/json\">";
    let (_, rest) = page.split_once(start).expect("there is data");
    let (data, _) = rest.split_once("</script>").expect("it ends");
    serde_json::from_str(data).expect("it is JSON")
}

#[test]
fn nothing_in_a_module_is_markup() {
    let (_folder, path) = hostile_page();
    let page = fs::read_to_string(path).expect("it is text");
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<img") && !page.contains("<!--") && !page.contains("://"));
    assert!(page.contains("default-src 'none'"));
    let data = data(&page);
    assert_eq!(data["file"], format!("{}.mpy", HOSTILE[1]));
    assert_eq!(data["source_file"], HOSTILE[0]);
    assert_eq!(data["source"][1], "    # <b>");
    let strings: Vec<_> =
        data["constants"].as_array().expect("there are some").iter().map(|one| &one["items"][0]["value"]).collect();
    assert!(HOSTILE.iter().all(|text| strings.contains(&&(*text).into())), "{strings:?}");
    // Every byte is there, once.
    let fields = data["fields"].as_array().expect("there are fields");
    let bytes: usize = fields.iter().map(|field| field["bytes"].as_str().expect("hex").len() / 2).sum();
    assert_eq!(bytes, data["size"].as_u64().expect("a number") as usize);
}

#[test]
fn a_page_is_of_one_module() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let output = Command::new(env!("CARGO_BIN_EXE_berus"))
        .args(["dump", "--html", "small.mpy", "language.mpy"])
        .current_dir(folder)
        .output()
        .expect("berus starts");
    assert_eq!(output.status.code(), Some(2));
}

/// The document that a page has become in a browser, or nothing where there is no browser. It is Chromium, or what `CHROMIUM` names.
fn rendered(page: &Path, fragment: &str) -> Option<String> {
    let program = std::env::var_os("CHROMIUM").unwrap_or("chromium".into());
    let profile = temp_dir();
    let mut browser = Command::new(program);
    browser
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--window-size=1400,1000", "--virtual-time-budget=2000", "--dump-dom"])
        .arg(format!("file://{}#{fragment}", page.display()))
        .stdin(Stdio::null());
    match process::output(&mut browser) {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            assert!(std::env::var("BERUS_REQUIRE_PEERS").as_deref() != Ok("1"), "{error}");
            eprintln!("skipped: there is no chromium: {error}");
            None
        }
    }
}

#[test]
fn a_browser_shows_it() {
    let (_folder, path) = hostile_page();
    let Some(module) = rendered(&path, "module") else { return };
    assert!(module.contains("<title>berus dump</title>"), "a script of the module has run: {module}");
    assert!(!module.contains("<img") && module.contains("&lt;img src=x"));
    assert!(module.contains(" names</h2>") && module.contains("Every byte"), "{module}");
    assert!(module.contains("data-code=\"0\"") && module.contains("bytecode "), "{module}");
    let Some(function) = rendered(&path, "code1") else { return };
    for part in ["def area(width, height)</h2>", "BINARY_OP", "line 3", "return width * height", "# &lt;b&gt;"] {
        assert!(function.contains(part), "{part}: {function}");
    }
}
