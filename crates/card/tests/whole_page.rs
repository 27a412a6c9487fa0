//! A whole page in A4 is photographed, and its code is found and verified.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixels inside a picture"
)]

mod made;

use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, Luma};
use lika_card::{Code, modules, read_picture};
use made::{HOUSEHOLD, code, entry, verifier};

/// Pixels of the paper to the millimetre.
const PIXELS_MM: f64 = 10.0;
/// Side of the printed code with its margin, in millimetres (`card.css`).
const CODE_MM: f64 = 90.0;
/// Margin of the page, in millimetres.
const MARGIN_MM: f64 = 14.0;
const PAPER: u8 = 235;
const INK: u8 = 35;

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// A page full of strokes like those of writing, with the code at the lower left.
fn paper(code: &Code) -> GrayImage {
    let mut page = GrayImage::from_pixel((210.0 * PIXELS_MM) as u32, (297.0 * PIXELS_MM) as u32, Luma([PAPER]));
    let side = CODE_MM * PIXELS_MM;
    let (left, top) = (MARGIN_MM * PIXELS_MM, (297.0 - MARGIN_MM - CODE_MM) * PIXELS_MM);
    let (character, line) = (3.6 * PIXELS_MM, 5.5 * PIXELS_MM);
    let mut numbers = Numbers(1);
    for row in 0..49 {
        for column in 0..48 {
            let x = left + f64::from(column) * character * 1.05;
            let y = MARGIN_MM * PIXELS_MM + f64::from(row) * line;
            let beside = x > left + side + character || y + 2.0 * character < top;
            if beside && numbers.below(5) > 0 {
                write(&mut page, (x as u32, y as u32), character as u32, &mut numbers);
            }
        }
    }
    let rows = modules(code).unwrap();
    let module = side / (rows.len() + 8) as f64;
    for y in 0..side as u32 {
        for x in 0..side as u32 {
            let place = |at: u32| ((f64::from(at) / module) as usize).checked_sub(4);
            let dark = place(y).and_then(|row| rows.get(row)?.get(place(x)?)).is_some_and(|dark| *dark);
            page.put_pixel(left as u32 + x, top as u32 + y, Luma([if dark { INK } else { PAPER }]));
        }
    }
    page
}

/// A character of seven strokes.
fn write(page: &mut GrayImage, (left, top): (u32, u32), side: u32, numbers: &mut Numbers) {
    for _ in 0..7 {
        let mut from = || numbers.below(u64::from(side)) as u32;
        let (across, down) = (from(), from());
        let flat = numbers.below(2) == 0;
        for along in 0..side * 7 / 10 {
            for thick in 0..3 {
                let (x, y) = match flat {
                    true => ((across + along).min(side), down + thick),
                    false => (across + thick, (down + along).min(side)),
                };
                page.put_pixel(left + x, top + y, Luma([INK]));
            }
        }
    }
}

/// A photograph of the page: turned, tilted, out of focus, unevenly lit, noisy, and compressed.
fn photograph(paper: &GrayImage, megapixels: f64, degrees: f64, tilt: f64, blur: f32) -> Vec<u8> {
    let height = (megapixels * 1e6 * 4.0 / 3.0).sqrt();
    let (width, height) = ((height * 0.75) as u32, height as u32);
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (across, down) = (f64::from(paper.width()), f64::from(paper.height()));
    // All of the page is in the picture.
    let turned_height = (down * cosine.abs() + across * sine.abs()) / f64::from(height);
    let turned_width = (across * cosine.abs() + down * sine.abs()) / f64::from(width);
    let scale = turned_height.max(turned_width) * 1.03;
    let samples = (scale.ceil() as u32).clamp(1, 4);
    let at = |x: f64, y: f64| {
        let (x, y) = (x / f64::from(width) - 0.5, y / f64::from(height) - 0.5);
        let far = scale / (1.0 + tilt * y + tilt * 0.5 * x);
        let (dx, dy) = (x * f64::from(width) * far, y * f64::from(height) * far);
        let (px, py) = (cosine * dx + sine * dy + across / 2.0, cosine * dy - sine * dx + down / 2.0);
        let inside = (px >= 0.0 && py >= 0.0).then(|| paper.get_pixel_checked(px as u32, py as u32)).flatten();
        inside.map_or(110.0, |pixel| f64::from(pixel[0])) * (0.8 + 0.3 * x)
    };
    let mut photo = GrayImage::from_fn(width, height, |x, y| {
        let parts = (0..samples * samples).map(|part| {
            let inside = |part: u32| (f64::from(part) + 0.5) / f64::from(samples);
            at(f64::from(x) + inside(part % samples), f64::from(y) + inside(part / samples))
        });
        Luma([(parts.sum::<f64>() / f64::from(samples * samples)) as u8])
    });
    if blur > 0.0 {
        photo = image::imageops::blur(&photo, blur);
    }
    let mut numbers = Numbers(88_172_645_463_325_252);
    for pixel in photo.pixels_mut() {
        pixel[0] = pixel[0].saturating_add(numbers.below(16) as u8).saturating_sub(8);
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 80).encode_image(&photo).unwrap();
    jpeg
}

#[test]
fn the_code_is_found_in_a_photograph_of_the_whole_page() {
    // As large as a code gets.
    let code = code(&entry(HOUSEHOLD, 500)).unwrap();
    let paper = paper(&code);
    for (megapixels, degrees, tilt, blur) in [
        (1.0, 0.0, 0.0, 0.0),
        (1.0, 3.0, 0.03, 0.5),
        (2.0, -10.0, 0.03, 0.6),
        (2.0, 15.0, 0.06, 0.6),
        (4.0, 30.0, 0.06, 0.8),
        (4.0, -30.0, 0.06, 0.8),
        (12.0, 20.0, 0.06, 1.0),
    ] {
        let read = read_picture(&photograph(&paper, megapixels, degrees, tilt, blur));
        let read = read.unwrap_or_else(|error| panic!("{megapixels} MP, {degrees}°, tilt {tilt}, {blur}: {error}"));
        assert_eq!(read.verify(&verifier(1)).unwrap().household, HOUSEHOLD);
    }
}
