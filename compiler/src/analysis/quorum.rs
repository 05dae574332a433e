//! The arithmetic of rings: copies, majorities, and what can be lost.

/// Copies of each piece of data that a ring keeps, where it has that many instances: what rings of the field keep by default.
pub const COPIES: u32 = 3;

/// Copies that a ring of this size keeps of each piece.
pub fn copies(instances: u32) -> u32 {
    instances.min(COPIES)
}

/// How many of its copies a write or a read needs.
pub fn majority(copies: u32) -> u32 {
    (copies / 2 + 1).min(copies)
}

/// Instances that a ring of this size can lose, whichever they are, and still write: copies less a majority of them.
pub fn tolerates(instances: u32) -> u32 {
    copies(instances) - majority(copies(instances))
}

#[cfg(test)]
mod tests {
    #[test]
    fn quorum_arithmetic() {
        let lost: Vec<u32> = (1..=5).map(super::tolerates).collect();
        assert_eq!(lost, [0, 0, 1, 1, 1]);
    }
}
