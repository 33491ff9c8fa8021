package dev.assay.replicastore.consensus;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.util.TimeDuration;

/**
 * The nodes of one process, which call each other's servers directly: no sockets, no encoding, no
 * certificates. One object is shared by all of them. Any thread may call.
 */
public final class InProcessNetwork {
  private final Map<String, RaftServer> servers = new ConcurrentHashMap<>();

  /** The transport of one of the nodes. */
  RaftServerRpc rpc(RaftServer server) {
    return new Rpc(server);
  }

  RaftServer target(RaftRpcRequestProto request) throws IOException {
    String node = request.getReplyId().toStringUtf8();
    RaftServer target = servers.get(node);
    if (target == null) {
      throw new IOException(node + " is not up");
    }
    return target;
  }

  private final class Rpc implements RaftServerRpc {
    private final RaftServer server;
    private final TimeDuration patience;

    Rpc(RaftServer server) {
      this.server = server;
      this.patience = RaftServerConfigKeys.Rpc.requestTimeout(server.getProperties());
    }

    @Override
    public void start() throws IOException {
      if (servers.putIfAbsent(server.getId().toString(), server) != null) {
        throw new IOException(server.getId() + " is up already");
      }
    }

    @Override
    public void close() {
      servers.remove(server.getId().toString(), server);
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
      RaftServer target = target(request.getServerRequest());
      return answer(called(() -> target.requestVote(request)));
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
        throws IOException {
      RaftServer target = target(request.getServerRequest());
      return answer(
          called(() -> target.appendEntriesAsync(request)).thenCompose(Function.identity()));
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
        throws IOException {
      RaftServer target = target(request.getServerRequest());
      return answer(called(() -> target.installSnapshot(request)));
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(
        StartLeaderElectionRequestProto request) throws IOException {
      RaftServer target = target(request.getServerRequest());
      return answer(called(() -> target.startLeaderElection(request)));
    }

    /**
     * Calls on a thread of the called side. Ratis interrupts callers whose answer is no longer of
     * use; that must not interrupt the called side, which may just be writing its vote.
     */
    private <T> CompletableFuture<T> called(Callable<T> call) {
      CompletableFuture<T> result = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  result.complete(call.call());
                } catch (Throwable t) {
                  result.completeExceptionally(t);
                }
              });
      return result;
    }

    private <T> T answer(CompletableFuture<T> reply) throws IOException {
      try {
        return reply.get(patience.toLong(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for an answer");
      } catch (TimeoutException e) {
        // A member that ends in the middle of a call never answers it.
        throw new IOException("no answer within " + patience, e);
      } catch (ExecutionException e) {
        throw new IOException(e.getCause() == null ? e : e.getCause());
      }
    }

    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {
      // Peers are found by their names.
    }

    @Override
    public void handleException(RaftPeerId peer, Exception failure, boolean reconnect) {
      // There is no connection to make anew.
    }

    @Override
    public InetSocketAddress getInetSocketAddress() {
      return InetSocketAddress.createUnresolved("in-process", 0);
    }

    @Override
    public RpcType getRpcType() {
      return new PeerFactory.Type();
    }
  }
}
