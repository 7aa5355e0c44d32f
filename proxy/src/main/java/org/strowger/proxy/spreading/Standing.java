package org.strowger.proxy.spreading;

/** How much a source sends, and since when. The order is the order in which a growing source goes through them. */
enum Standing {
    /** Too little to look at. */
    LIGHT,
    /** It could become heavy: its calls are remembered, so that they can stay where they began. */
    WATCHED,
    /** Heavy, and not long enough for the transactions from before to be over. */
    TURNING,
    /** Heavy, and of the transactions from before only those of INVITEs may live. */
    SETTLING,
    /** Heavy: every call goes to its owner. */
    HEAVY;

    boolean isHeavy() {
        return this != LIGHT && this != WATCHED;
    }
}
