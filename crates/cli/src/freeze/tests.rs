//! Whatever is in a manifest, it names files or has an error.

use std::fs;

use berus_testkit::damage::{any_damages, cases, damaged};
use berus_testkit::temp_dir;
use proptest::prelude::*;

use super::manifest::evaluate;

const MANIFEST: &str = "
metadata(version='1.2', author='me')
options.defaults(full=True)
if options.full:
    module('top.py', opt=3)
    package('pkg', files=['a.py'], base_path='.', opt=2)
include('part/manifest.py', full=False)
require('missing') if not options.full else None
freeze('part', ('b.py', 'c.py'), 1)
add_library('lib', '$(LIB)')
c_module('here')
";

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn damaged_manifests_do_no_harm(damages in any_damages(), inner in any_damages()) {
        let folder = temp_dir();
        let place = |name: &str| folder.path().join(name);
        for name in ["pkg", "part"] {
            fs::create_dir(place(name)).unwrap();
        }
        for name in ["top.py", "pkg/a.py", "part/b.py", "part/c.py"] {
            fs::write(place(name), "").unwrap();
        }
        let good = [MANIFEST.into(), b"module('b.py')\nfreeze_mpy('.')\npackage(1)".to_vec()];
        fs::write(place("manifest.py"), damaged(&good[0], &damages, &good)).unwrap();
        fs::write(place("part/manifest.py"), damaged(&good[1], &inner, &good)).unwrap();
        let variables = [("LIB".to_owned(), folder.path().display().to_string())];
        if let Err(failure) = evaluate(&place("manifest.py").display().to_string(), &variables, &[]) {
            prop_assert!(!failure.message.is_empty());
        }
    }
}
