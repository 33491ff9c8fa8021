package dev.assay.referencebuilder;

/** What {@link ReferenceBuilder#collect} took away, and how many references stay. */
public record Collected(int recordsDeleted, int packsDeleted, int kept) {}
