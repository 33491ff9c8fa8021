package dev.assay.archiver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * A store in this process, over a folder: S3Proxy on the loopback address. So that a cluster can be
 * tried without any other server; not to be shared between machines.
 *
 * <p>S3Proxy writes an object beside its place under a name that listings show, and never flushes.
 * Here an object is written to another folder, flushed, and then linked to its place, which is
 * atomic and fails if something is there: no listing and no crash, of the process or of the
 * machine, ever shows half an object. The folders on the way to it are flushed before anybody is
 * told of it, be it by the answer, by a refusal to create it again or by its bytes: whatever was
 * seen here survives a power cut.
 *
 * <pre>
 *   FOLDER/BUCKET/KEY    the objects
 *   FOLDER/.incoming/    objects that are being written; emptied at start
 * </pre>
 */
public final class EmbeddedStore implements AutoCloseable {
  private static final String INCOMING = ".incoming";
  private static final int THREADS_MAX = 16;
  private static final long STOP_TIMEOUT_MS = 2_000;

  private final S3Credentials credentials;
  private final String bucket;
  private final S3Proxy server;

  private EmbeddedStore(S3Credentials credentials, String bucket, S3Proxy server) {
    this.credentials = credentials;
    this.bucket = bucket;
    this.server = server;
  }

  /**
   * Starts it on 127.0.0.1.
   *
   * @param port 0: any free port
   * @param credentials the only ones that it accepts
   */
  public static EmbeddedStore start(Path folder, int port, S3Credentials credentials, String bucket)
      throws IOException {
    Path root = folder.toAbsolutePath().normalize();
    Files.createDirectories(root.resolve(bucket));
    empty(root.resolve(INCOMING));
    Files.createDirectories(root.resolve(INCOMING));
    flushFolders(root);
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(new LinkingBlobStore(root, bucket))
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(
                AuthenticationType.AWS_V4, credentials.accessKey(), credentials.secret())
            .jettyMaxThreads(THREADS_MAX)
            .stopTimeout(STOP_TIMEOUT_MS)
            .build();
    EmbeddedStore store = new EmbeddedStore(credentials, bucket, server);
    try {
      server.start();
    } catch (Exception e) {
      store.close();
      throw new IOException(
          "the embedded object store does not start on 127.0.0.1:%d: %s"
              .formatted(port, e.getMessage()),
          e);
    }
    return store;
  }

  private static void empty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  public S3Options options() {
    return S3Options.of(
        URI.create("http://127.0.0.1:" + server.getPort()), "us-east-1", bucket, credentials);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the embedded object store does not stop", e);
    }
  }

  /** A crash may have come between a link and the flush of its folder. */
  private static void flushFolders(Path root) throws IOException {
    try (Stream<Path> folders = Files.find(root, Integer.MAX_VALUE, (_, is) -> is.isDirectory())) {
      for (Path each : folders.toList()) {
        flush(each);
      }
    }
  }

  /** Where an object lies, or null if the key is none that a file can have. */
  private static @Nullable Path place(Path bucket, String key) {
    Path path = bucket.resolve(key).normalize();
    boolean plain = !key.endsWith("/") && bucket.relativize(path).toString().equals(key);
    return plain && path.startsWith(bucket) && !path.equals(bucket) ? path : null;
  }

  private static void flush(Path fileOrFolder) throws IOException {
    try (FileChannel channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Puts an object in place with a link, and shows it only when that would survive. */
  private static final class LinkingBlobStore extends ForwardingBlobStore {
    private final Path root;
    private final String bucket;
    private final AtomicLong written = new AtomicLong();

    /** Held for writing from a link until it is flushed, so that no reader is told of it before. */
    private final ReentrantReadWriteLock appearing = new ReentrantReadWriteLock();

    LinkingBlobStore(Path root, String bucket) {
      super(new FilesystemNio2BlobStore(root.toString()));
      this.root = root;
      this.bucket = bucket;
    }

    @Override
    public BlobStore delegate() {
      return super.delegate();
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
      if (!request.bucket().equals(bucket)) {
        return super.putBlob(request, payload);
      }
      Path object = place(root.resolve(bucket), request.key());
      if (object == null) {
        throw S3Exceptions.invalidArgument("not a key for a file: " + request.key());
      }
      String name = Long.toString(written.incrementAndGet());
      Path incoming = root.resolve(INCOMING).resolve(name);
      try {
        PutObjectResponse response =
            super.putBlob(
                request.toBuilder().bucket(INCOMING).key(name).ifNoneMatch(null).build(), payload);
        flush(incoming);
        appear(incoming, object, request.ifNoneMatch() == null);
        return response;
      } catch (FileAlreadyExistsException e) {
        throw S3Exceptions.preconditionFailed(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        forget(incoming);
      }
    }

    private void appear(Path incoming, Path object, boolean replaces) throws IOException {
      appearing.writeLock().lock();
      try {
        Files.createDirectories(object.getParent());
        if (replaces) {
          Files.move(incoming, object, StandardCopyOption.ATOMIC_MOVE);
        } else {
          Files.createLink(object, incoming);
        }
        try {
          flushWayTo(object);
        } catch (IOException e) {
          forget(object);
          throw e;
        }
      } finally {
        appearing.writeLock().unlock();
      }
    }

    private void flushWayTo(Path object) throws IOException {
      for (Path each = object.getParent();
          each != null && each.startsWith(root);
          each = each.getParent()) {
        flush(each);
      }
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
      appearing.readLock().lock();
      try {
        return super.getBlob(request);
      } finally {
        appearing.readLock().unlock();
      }
    }

    @Override
    public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
      appearing.readLock().lock();
      try {
        return super.blobMetadata(request);
      } finally {
        appearing.readLock().unlock();
      }
    }

    private static void forget(Path incoming) {
      try {
        Files.deleteIfExists(incoming);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
