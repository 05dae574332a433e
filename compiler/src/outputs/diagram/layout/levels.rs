//! Rows of boxes and channels.

use super::channels::Channels;
use super::model::{Form, Rect, Sketch};

/// First rows of channels, by channel.
pub(super) struct Levels {
    pub channel: Vec<i32>,
    /// Rows of the picture.
    pub height: i32,
}

/// Sets the first row and the height of all boxes for channels of these heights.
pub(super) fn set(sketch: &Sketch, channels: &Channels, heights: &[i32], boxes: &mut [Rect]) -> Levels {
    let mut bands: Vec<Vec<i32>> = vec![Vec::new(); sketch.nodes.len()];
    for node in (0..sketch.nodes.len()).rev() {
        boxes[node].h = match sketch.nodes[node].form {
            Form::Leaf { height, .. } => height,
            Form::Group { title } => {
                let rows = &channels.rows[node];
                bands[node] = rows.iter().map(|row| row.iter().map(|&c| boxes[c].h).max().unwrap_or(0)).collect();
                let lanes: i32 = (0..=rows.len()).map(|row| heights[channels.channel(node, row)]).sum();
                let inner = lanes + bands[node].iter().sum::<i32>() + 2 * i32::from(node != 0);
                // a title stands along the left border of a picture that is turned
                if sketch.across { inner.max(title + 4) } else { inner }
            }
        };
    }
    let mut out = Levels { channel: vec![0; channels.count()], height: boxes[0].h };
    boxes[0].y = 0;
    for node in 0..sketch.nodes.len() {
        if matches!(sketch.nodes[node].form, Form::Leaf { .. }) {
            continue;
        }
        let mut y = boxes[node].y + i32::from(node != 0);
        for row in 0..=bands[node].len() {
            let channel = channels.channel(node, row);
            out.channel[channel] = y;
            y += heights[channel];
            let Some(&band) = bands[node].get(row) else { continue };
            let children = &channels.rows[node][row];
            let leaves = children.iter().all(|&c| matches!(sketch.nodes[c].form, Form::Leaf { .. }));
            for &child in children {
                if leaves {
                    // boxes of a row are equally high
                    boxes[child].h = band;
                }
                boxes[child].y = y + (band - boxes[child].h) / 2;
            }
            y += band;
        }
    }
    out
}
