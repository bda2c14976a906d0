//! Certificates as they are issued, and as an attacker would have them.

use super::*;
use crate::seal::suite::Suite;

fn now() -> Timestamp {
    "2026-06-12T08:00:00Z".parse().unwrap()
}

fn issuer() -> Issuer {
    Issuer {
        organisation: "Lincoln, \"Abe\" = Unified; +#<>\\".into(),
        demo: false,
    }
}

fn root(suite: Suite) -> (SecretKey, Certificate) {
    let key = SecretKey::generate(suite);
    let certificate = issue(&issuer(), Purpose::Root, &key.public(), (&key, None), now()).unwrap();
    (key, certificate)
}

#[test]
fn a_root_certifies_keys_of_each_purpose_and_suite() {
    for suite in [Suite::P256, Suite::Ed25519] {
        let (root_key, root) = root(suite);
        assert!(root.is_signed_by(&root));
        assert_eq!(root.purpose(), Some(Purpose::Root));
        for purpose in [Purpose::Document, Purpose::Data, Purpose::Log] {
            let key = SecretKey::generate(Suite::Ed25519).public();
            let made = issue(&issuer(), purpose, &key, (&root_key, Some(&root)), now()).unwrap();
            assert!(made.is_signed_by(&root));
            assert!(!root.is_signed_by(&made));
            assert_eq!(made.purpose(), Some(purpose));
            assert_eq!(
                made.organisation().as_deref(),
                Some(&*issuer().organisation)
            );
            let again = Certificate::from_pem(&made.to_pem()).unwrap();
            assert_eq!(again, made);
        }
    }
}

#[test]
fn a_root_of_the_same_name_but_another_key_did_not_sign() {
    let (root_key, root_certificate) = root(Suite::P256);
    let (_, impostor) = root(Suite::P256);
    let key = SecretKey::generate(Suite::P256).public();
    let signer = (&root_key, Some(&root_certificate));
    let made = issue(&issuer(), Purpose::Document, &key, signer, now()).unwrap();
    assert!(!made.is_signed_by(&impostor));
}

#[test]
fn a_key_never_outlives_its_root() {
    let (root_key, root) = root(Suite::P256);
    let late = root.validity().1 - jiff::SignedDuration::from_hours(24);
    let key = SecretKey::generate(Suite::P256).public();
    let made = issue(
        &issuer(),
        Purpose::Data,
        &key,
        (&root_key, Some(&root)),
        late,
    )
    .unwrap();
    assert_eq!(made.validity().1, root.validity().1);
    assert!(
        made.is_valid_at(late)
            && !made.is_valid_at(root.validity().1 + late.until(root.validity().1).unwrap())
    );
}

#[test]
fn organisations_that_cannot_stand_in_a_certificate_are_refused() {
    let key = SecretKey::generate(Suite::P256);
    for name in [
        "",
        "   ",
        "a\nb",
        "a\u{202e}b",
        &"x".repeat(ORGANISATION_CHARS_MAX + 1),
    ] {
        let issuer = Issuer {
            organisation: name.into(),
            demo: false,
        };
        let made = issue(&issuer, Purpose::Root, &key.public(), (&key, None), now());
        assert_eq!(made.unwrap_err(), CertificateError::Organisation);
    }
}

#[test]
fn a_demonstration_is_marked_in_the_subject() {
    let key = SecretKey::generate(Suite::P256);
    let issuer = Issuer {
        organisation: "x".repeat(ORGANISATION_CHARS_MAX),
        demo: true,
    };
    let made = issue(&issuer, Purpose::Root, &key.public(), (&key, None), now()).unwrap();
    assert!(made.is_demo() && made.subject().contains("CN=DEMO x"));
}

#[test]
fn a_flipped_bit_anywhere_unmakes_a_certificate() {
    let (root_key, root) = root(Suite::Ed25519);
    let key = SecretKey::generate(Suite::Ed25519).public();
    let signer = (&root_key, Some(&root));
    let made = issue(&issuer(), Purpose::Document, &key, signer, now()).unwrap();
    for position in 0..made.der().len() {
        let mut bytes = made.der().to_vec();
        bytes[position] ^= 1 << (position % 8);
        let still = Certificate::from_der(&bytes).is_ok_and(|other| other.is_signed_by(&root));
        assert!(!still, "byte {position}");
    }
}

#[test]
fn a_certificate_whose_names_could_mislead_is_not_read() {
    let (_, root) = root(Suite::P256);
    let own = b"Lincoln, \"Abe\" ";
    for written in [
        &b"\x1b[8A\x1b[JLincoln "[..],
        b"Lincoln,\n  Valid",
        b"Lin\xe2\x80\xaecoln, Ab=",
    ] {
        let written = &written[..own.len()];
        let mut der = root.der().to_vec();
        let places = 0..=der.len() - own.len();
        for at in places {
            if der[at..].starts_with(own) {
                der[at..at + own.len()].copy_from_slice(written);
            }
        }
        let read = Certificate::from_der(&der);
        assert_eq!(read, Err(CertificateError::DeceptiveName), "{written:?}");
    }
}
