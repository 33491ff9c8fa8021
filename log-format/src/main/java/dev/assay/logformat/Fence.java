package dev.assay.logformat;

/**
 * Says on which state a batch was evaluated, so that both sides can refuse a batch that comes too
 * late from bytes alone.
 *
 * <p>A batch is accepted when its entry's term equals {@code term}, and {@code follows} is the
 * sequence of the last batch accepted in that term (0 when there was none). An evaluator never
 * gives a sequence twice in one term, and sequences grow.
 *
 * @param term the consensus term in which the evaluator led
 * @param sequence this batch's number in that term, from 1
 * @param follows the sequence of the batch on whose outcome this one was evaluated; 0 for none
 * @param node the evaluating node
 */
public record Fence(long term, long sequence, long follows, String node) {}
