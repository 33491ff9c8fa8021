package dev.assay.requestrouter;

import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionReply.ConditionFailed;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.Invalid;
import dev.assay.replicastore.PartitionReply.NotLeader;
import dev.assay.replicastore.PartitionReply.OutcomeUnknown;
import dev.assay.replicastore.PartitionReply.Overloaded;
import dev.assay.replicastore.PartitionReply.Ranged;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a request to a replica that can answer it: writes and strongly consistent reads to the
 * partition's leader, other reads to any replica.
 *
 * <p>A question is asked again only when the reply says that nothing was done, and for a bounded
 * time, which is longer than an election takes. A write whose outcome is unknown is never asked
 * again. Any thread may call; calls block, so it should be a virtual one.
 */
final class PartitionRouting {
  private static final Logger log = LoggerFactory.getLogger(PartitionRouting.class);
  private static final long PAUSE_MIN_NANOS = Duration.ofMillis(2).toNanos();
  private static final long PAUSE_MAX_NANOS = Duration.ofMillis(100).toNanos();
  private static final long AVOID_NANOS = Duration.ofSeconds(1).toNanos();

  private final Nodes nodes;
  private final Waiting waiting;
  private final long waitMaxNanos;

  /**
   * @param waitMax how long a request waits for somebody who can answer
   */
  PartitionRouting(Nodes nodes, Waiting waiting, Duration waitMax) {
    this.nodes = nodes;
    this.waiting = waiting;
    this.waitMaxNanos = waitMax.toNanos();
  }

  long nanoTime() {
    return waiting.nanoTime();
  }

  Got get(PartitionRoute route, byte[] key, boolean strong) {
    PartitionReply reply = read(route, new PartitionRequest.Get(route.id(), key, strong), strong);
    if (reply instanceof Got got) {
      return got;
    }
    throw failure(reply);
  }

  Ranged range(PartitionRoute route, PartitionRequest.Range request) {
    PartitionReply reply = read(route, request, request.strong());
    if (reply instanceof Ranged ranged) {
      return ranged;
    }
    throw failure(reply);
  }

  /** The reply as it came, whatever it says; {@link #failure} makes an error of it. */
  PartitionReply write(PartitionRoute route, PartitionRequest.Write request) {
    return askLeader(route, request, false);
  }

  /** The leader's reply as it came, whatever the request is. */
  PartitionReply leader(PartitionRoute route, PartitionRequest request) {
    return askLeader(route, request, !(request instanceof PartitionRequest.Write));
  }

  private PartitionReply read(PartitionRoute route, PartitionRequest request, boolean strong) {
    return strong ? askLeader(route, request, true) : askAny(route, request);
  }

  /** The error that a client gets for a reply that is not the answer to its request. */
  static ApiException failure(PartitionReply reply) {
    return switch (reply) {
      case Invalid(String message) -> ApiException.validation(message);
      case ConditionFailed failed ->
          new ApiException(ErrorType.CONDITIONAL_CHECK_FAILED, "The conditional request failed");
      case NotLeader _, Unavailable _ ->
          new ApiException(
              ErrorType.UNAVAILABLE,
              "The partition has no leader, or no replica that answers; nothing was done");
      case Overloaded _ ->
          new ApiException(
              ErrorType.THROUGHPUT_EXCEEDED,
              "The partition has more requests waiting than it takes in; nothing was done");
      case OutcomeUnknown _ ->
          new ApiException(
              ErrorType.INTERNAL,
              "The outcome of the request is unknown: it may or may not have been done, now or"
                  + " later");
      case Got _, Ranged _, Written _ ->
          throw new IllegalStateException("the reply does not fit the request: " + reply);
    };
  }

  private PartitionReply askLeader(
      PartitionRoute route, PartitionRequest request, boolean repeatable) {
    long deadline = waiting.nanoTime() + waitMaxNanos;
    long pause = PAUSE_MIN_NANOS;
    while (true) {
      PartitionReply reply = askEachForLeader(route, request, repeatable);
      if (!isNothingDone(reply, repeatable) || !pause(pause, deadline)) {
        return reply;
      }
      pause = Math.min(2 * pause, PAUSE_MAX_NANOS);
    }
  }

  /** One round: first whom we know, then whom the replies name, then everybody else. */
  private PartitionReply askEachForLeader(
      PartitionRoute route, PartitionRequest request, boolean repeatable) {
    List<String> asked = new ArrayList<>(route.replicas().size());
    String candidate = route.leader();
    if (candidate == null) {
      candidate = unasked(route, asked);
    }
    PartitionReply reply = new Unavailable("the partition has no replicas");
    while (candidate != null) {
      asked.add(candidate);
      reply = ask(candidate, request);
      if (!isNothingDone(reply, repeatable)) {
        route.leader(candidate);
        return reply;
      }
      if (candidate.equals(route.leader())) {
        route.leader(null);
      }
      String hint = reply instanceof NotLeader(String leader) ? leader : null;
      boolean useHint = hint != null && route.replicas().contains(hint) && !asked.contains(hint);
      candidate = useHint ? hint : unasked(route, asked);
    }
    return reply;
  }

  private static @Nullable String unasked(PartitionRoute route, List<String> asked) {
    for (String replica : route.replicas()) {
      if (!asked.contains(replica)) {
        return replica;
      }
    }
    return null;
  }

  private PartitionReply askAny(PartitionRoute route, PartitionRequest request) {
    long deadline = waiting.nanoTime() + waitMaxNanos;
    long pause = PAUSE_MIN_NANOS;
    while (true) {
      PartitionReply reply = askEachInTurn(route, request);
      if (!isNothingDone(reply, true) || !pause(pause, deadline)) {
        return reply;
      }
      pause = Math.min(2 * pause, PAUSE_MAX_NANOS);
    }
  }

  /**
   * One round: replicas in this process first, those that failed of late last. One that is
   * overloaded is passed over, and the others may help.
   */
  private PartitionReply askEachInTurn(PartitionRoute route, PartitionRequest request) {
    long now = waiting.nanoTime();
    int first = route.nextTurn();
    PartitionReply reply = new Unavailable("the partition has no replicas");
    for (Preference preference : Preference.values()) {
      for (int i = 0; i < route.replicas().size(); i++) {
        int replica = (first + i) % route.replicas().size();
        String node = route.replicas().get(replica);
        if (preference(node, route.isAvoided(replica, now)) != preference) {
          continue;
        }
        reply = ask(node, request);
        if (isNothingDone(reply, true)) {
          route.avoid(replica, now + AVOID_NANOS);
        } else if (!(reply instanceof Overloaded)) {
          return reply;
        }
      }
    }
    return reply;
  }

  private enum Preference {
    LOCAL,
    REMOTE,
    AVOIDED
  }

  private Preference preference(String node, boolean avoided) {
    if (avoided) {
      return Preference.AVOIDED;
    }
    return nodes.isLocal(node) ? Preference.LOCAL : Preference.REMOTE;
  }

  private PartitionReply ask(String node, PartitionRequest request) {
    PartitionAccess access = nodes.find(node);
    PartitionReply reply =
        access == null ? new Unavailable("the cluster has no node " + node) : access.ask(request);
    if (log.isDebugEnabled() && !(reply instanceof Got || reply instanceof Written)) {
      log.debug("{} on {}: {}", request.partition(), node, summary(reply));
    }
    return reply;
  }

  /** Without items: a log is no place for customers' data. */
  private static String summary(PartitionReply reply) {
    return switch (reply) {
      case Ranged(var entries, boolean more) -> entries.size() + " items, more: " + more;
      case ConditionFailed _ -> "condition failed";
      case Got _, Written _ -> "done";
      case Invalid _, NotLeader _, Unavailable _, Overloaded _, OutcomeUnknown _ ->
          reply.toString();
    };
  }

  /**
   * @param repeatable whether asking twice does no harm, even if the first time had an effect
   */
  private static boolean isNothingDone(PartitionReply reply, boolean repeatable) {
    return switch (reply) {
      case NotLeader _, Unavailable _ -> true;
      case OutcomeUnknown _ -> repeatable;
      case Got _, Ranged _, Written _, ConditionFailed _, Invalid _, Overloaded _ -> false;
    };
  }

  /** False when there is no time left to wait, or the server is closing. */
  private boolean pause(long nanos, long deadline) {
    if (waiting.nanoTime() + nanos - deadline > 0 || Thread.currentThread().isInterrupted()) {
      return false;
    }
    waiting.park(nanos);
    return true;
  }
}
