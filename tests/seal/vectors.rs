//! Project Wycheproof's signature cases: what a careless implementation would accept.

use registrar::seal::PublicKey;

struct Case<'a> {
    number: &'a str,
    valid: bool,
    key: Option<PublicKey>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let bytes = |digits: &str| match digits {
        "-" => Vec::new(),
        digits => hex::decode(digits).expect("hexadecimal"),
    };
    let mut key = None;
    let mut cases = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let fields: Vec<&str> = line.split(' ').collect();
        match fields[..] {
            ["key", der] => key = PublicKey::from_der(&bytes(der)),
            [number, result, message, signature] => cases.push(Case {
                number,
                valid: result == "valid",
                key: key.clone(),
                message: bytes(message),
                signature: bytes(signature),
            }),
            _ => panic!("{line}"),
        }
    }
    cases
}

fn accepted(case: &Case<'_>) -> bool {
    case.key
        .as_ref()
        .is_some_and(|key| key.verifies(&case.message, &case.signature))
}

#[test]
fn every_ed25519_case_of_wycheproof_has_its_expected_result() {
    let cases = cases(include_str!("vectors/wycheproof_ed25519.txt"));
    assert_eq!(cases.len(), 150);
    for case in cases {
        assert_eq!(accepted(&case), case.valid, "case {}", case.number);
    }
}

#[test]
fn every_p256_case_of_wycheproof_has_its_expected_result_or_the_higher_s() {
    let cases = cases(include_str!("vectors/wycheproof_p256_sha256.txt"));
    assert_eq!(cases.len(), 471);
    let mut higher = 0;
    for case in cases {
        let signature = p256::ecdsa::Signature::from_der(&case.signature);
        // Our rule is stricter than ECDSA: of the two spellings of a signature only one counts.
        let is_higher = signature.is_ok_and(|signature| signature.normalize_s() != signature);
        higher += usize::from(case.valid && is_higher);
        assert_eq!(
            accepted(&case),
            case.valid && !is_higher,
            "case {}",
            case.number
        );
    }
    assert!(higher > 0, "the cases hold signatures with the higher s");
}
