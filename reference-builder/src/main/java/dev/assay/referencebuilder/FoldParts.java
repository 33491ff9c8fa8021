package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.SigningKey;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;

/** What all folds of one builder share. */
record FoldParts(
    ObjectStore reading,
    ObjectStore writing,
    SignerLookup signers,
    SigningKey key,
    InstantSource clock,
    FoldOptions options,
    FrameReader frames,
    Roots roots,
    PackCache cache,
    ExecutorService executor) {}
