/**
 * DynamoDB's HTTP protocol in front of the partitions.
 *
 * <p>To read in order: {@link dev.assay.requestrouter.DynamoDbServer} (what there is, and how it is
 * put together), {@code ApiHandler} (a request from its headers to its answer), {@code
 * SignatureCheck} (who asks), {@code JsonRequest} and {@code AttributeReader} (what is asked),
 * {@code GetItem} (the shape of every operation), {@code PartitionRouting} (who can answer), {@code
 * ErrorType} (what is said when nobody can).
 *
 * <p>Every connection has its virtual thread, which handles one request after another and may
 * block. What a request says lives on that thread alone; everything else is shared, and safe to
 * share. Priorities: never say that something was done or not done when that is not known; refuse
 * before reading, read before waiting; take no memory and no time that a client announces but does
 * not spend; use DynamoDB's words where it has words.
 */
@NullMarked
package dev.assay.requestrouter;

import org.jspecify.annotations.NullMarked;
