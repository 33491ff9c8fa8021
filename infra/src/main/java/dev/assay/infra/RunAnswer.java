package dev.assay.infra;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What the admin port says of something that takes long.
 *
 * @param bytesTotal 0 while it is not known
 * @param report null while it runs
 */
record RunAnswer(long run, long bytesDone, long bytesTotal, @Nullable JsonNode report) {}
