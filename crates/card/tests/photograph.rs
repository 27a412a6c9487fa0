//! A card is drawn, photographed, and verified from the photograph.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod made;

use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, ImageFormat, Luma};
use lika_card::{
    Code, CodeError, Contents, PaperSize, PictureError, Responsible, is_picture, modules, page, read_picture,
};
use lika_domain::language::Language;
use lika_testkit::county::ORIGIN;
use lika_tlog::leaf_hash;
use made::{HOUSEHOLD, PLACE, code, entry, household, verifier};
use std::io::Cursor;
use std::time::{Duration, Instant};

/// The code on white paper, eight pixels for each module.
fn drawn(code: &Code) -> GrayImage {
    let rows = modules(code).unwrap();
    let side = u32::try_from(rows.len() + 8).unwrap() * 8;
    GrayImage::from_fn(side, side, |x, y| {
        let row = (y / 8).checked_sub(4).and_then(|row| rows.get(row as usize));
        let dark = row.and_then(|row| row.get((x / 8).checked_sub(4)? as usize)).is_some_and(|dark| *dark);
        Luma([if dark { 35 } else { 225 }])
    })
}

/// A photograph of paper: turned, tilted, out of focus by `blur` pixels, unevenly lit and noisy.
fn photograph(paper: &GrayImage, (width, height): (u32, u32), turn: f64, tilt: f64, blur: u32) -> Vec<u8> {
    let (sine, cosine) = turn.sin_cos();
    let middle = f64::from(paper.width()) / 2.0;
    let scale = f64::from(paper.width()) / (f64::from(height) * 0.75);
    let mut noise = 88_172_645_463_325_252_u64;
    let mut photo = GrayImage::from_fn(width, height, |x, y| {
        let (across, down) = (f64::from(x) / f64::from(width) - 0.5, f64::from(y) / f64::from(height) - 0.5);
        let far = scale * (1.0 + tilt * down + tilt * 0.5 * across);
        let (dx, dy) = (across * f64::from(width) * far, down * f64::from(height) * far);
        let (px, py) = (cosine * dx + sine * dy + middle, cosine * dy - sine * dx + middle);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels inside the picture")]
        let inside = (px >= 0.0 && py >= 0.0).then(|| paper.get_pixel_checked(px as u32, py as u32)).flatten();
        let value = f64::from(inside.map_or(180, |pixel| pixel[0])) * (0.8 + 0.3 * across);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a light from 0 to 255")]
        Luma([value.clamp(0.0, 255.0) as u8])
    });
    if blur > 0 {
        #[allow(clippy::cast_possible_truncation, reason = "a few pixels")]
        let sigma = f64::from(blur) as f32;
        photo = image::imageops::fast_blur(&photo, sigma);
    }
    for pixel in photo.pixels_mut() {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        pixel[0] = pixel[0].saturating_add(u8::try_from(noise % 16).unwrap()).saturating_sub(8);
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 75).encode_image(&photo).unwrap();
    jpeg
}

#[test]
fn a_photograph_of_a_card_is_verified() {
    let entry = entry(HOUSEHOLD, 60);
    let code = code(&entry).unwrap();
    let paper = drawn(&code);
    for (size, turn, tilt, blur) in [
        ((1_200, 900), 0.0, 0.0, 0),
        ((2_000, 1_500), 0.1, 0.0, 1),
        ((2_000, 1_500), 0.3, 0.05, 1),
        ((2_400, 1_800), 3.2, 0.0, 2),
    ] {
        let photo = photograph(&paper, size, turn, tilt, blur);
        assert!(is_picture(&photo));
        let read = read_picture(&photo).unwrap_or_else(|error| panic!("{size:?} {turn} {tilt} {blur}: {error}"));
        let proven = read.verify(&verifier(1)).unwrap();
        assert_eq!((proven.origin.as_str(), proven.size, proven.household), (ORIGIN, 700, HOUSEHOLD));
        assert_eq!(proven.entries[0].entry.as_ref(), Some(&entry));
    }
}

#[test]
fn a_code_of_another_log_or_with_a_changed_byte_is_refused() {
    let code = code(&entry(HOUSEHOLD, 60)).unwrap();
    code.verify(&verifier(1)).unwrap();
    assert!(matches!(code.verify(&verifier(2)), Err(CodeError::Checkpoint(_))));
    let text = code.text();
    for place in "LIKA1:".len()..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'7' { b'8' } else { b'7' };
        let read = Code::parse(&String::from_utf8(changed).unwrap());
        assert!(read.and_then(|code| code.verify(&verifier(1))).is_err(), "character {place}");
    }
}

#[test]
fn an_entry_that_concerns_another_household_is_carried_by_its_hash_alone() {
    let other = entry(HOUSEHOLD + 1, 60);
    let code = code(&other).unwrap();
    assert_eq!((code.whole().count(), code.hashed().collect::<Vec<_>>()), (0, vec![699]));
    let proven = code.verify(&verifier(1)).unwrap();
    assert_eq!((proven.entries[0].leaf, &proven.entries[0].entry), (leaf_hash(&other), &None));
}

#[test]
fn of_an_entry_that_is_too_long_only_its_hash_is_proven() {
    let entry = entry(HOUSEHOLD, 2_000);
    let code = code(&entry).unwrap();
    assert_eq!((code.whole().count(), code.hashed().collect::<Vec<_>>()), (0, vec![699]));
    let proven = code.verify(&verifier(1)).unwrap();
    assert_eq!((proven.entries[0].leaf, &proven.entries[0].entry), (leaf_hash(&entry), &None));
}

#[test]
fn a_hostile_picture_is_refused_soon() {
    let begun = Instant::now();
    // A bomb: a few bytes that say they are 40,000 by 40,000 pixels.
    let mut bomb = Cursor::new(Vec::new());
    GrayImage::new(1, 1).write_to(&mut bomb, ImageFormat::Png).unwrap();
    let mut bomb = bomb.into_inner();
    bomb[16..24].copy_from_slice(&[0, 0, 0x9c, 0x40, 0, 0, 0x9c, 0x40]);
    assert!(read_picture(&bomb).is_err());
    assert!(read_picture(b"\x89PNG\r\n\x1a\n and nothing").is_err());
    assert!(read_picture(b"\xff\xd8\xff\xe0 and nothing").is_err());
    // A picture full of the corners of codes.
    let corner = |x: u32, y: u32| {
        let ring = [x % 9, y % 9].map(|place| place.abs_diff(3)).into_iter().max().unwrap_or(0);
        Luma([if matches!(ring, 0 | 1 | 3) { 0 } else { 255 }])
    };
    let mut corners = Cursor::new(Vec::new());
    GrayImage::from_fn(1_200, 1_200, |x, y| corner(x / 2, y / 2)).write_to(&mut corners, ImageFormat::Png).unwrap();
    assert!(matches!(read_picture(corners.get_ref()), Err(PictureError::NoCode)));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn text_that_is_no_code_is_refused() {
    for text in ["", "LIKA1:", "LIKA1:A", "LIKA2:BB8", "LIKA1:::::::", &format!("LIKA1:{}", "0".repeat(9_000))] {
        assert!(Code::parse(text).and_then(|code| code.verify(&verifier(1))).is_err(), "{text}");
    }
}

#[test]
fn a_page_says_in_its_language_what_the_code_proves() {
    let code = code(&entry(HOUSEHOLD, 60)).unwrap();
    let official = Responsible {
        official: "10000002".to_owned(),
        capacity: "first".to_owned(),
        name: Some("<李四>".to_owned()),
        phone: Some("13900000000".to_owned()),
    };
    let contents = Contents {
        origin: ORIGIN.to_owned(),
        household: household(),
        head: None,
        village: PLACE.parse().unwrap(),
        village_name: None,
        persons: 1,
        status: "poor".to_owned(),
        since: "2017-06-01".to_owned(),
        officials: vec![official],
        aid: Vec::new(),
        due: Vec::new(),
        entries: 700,
        made: "2017-07-01".to_owned(),
        contact: None,
    };
    for (size, language, words) in [
        (PaperSize::A4, Language::En, "word for word"),
        (PaperSize::Pocket, Language::En, "word for word"),
        (PaperSize::A4, Language::Zh, "内容一字不差"),
        (PaperSize::Pocket, Language::Zh, "内容一字不差"),
    ] {
        let page = page(&contents, &code, size, language).unwrap().into_string();
        assert!(page.contains(words) && page.contains("13900000000") && page.contains("&lt;李四&gt;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("src="), "{page}");
    }
}
