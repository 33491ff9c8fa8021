package dev.assay.infra;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/**
 * A certificate, or a private key and its certificate, in a file that nobody but its owner may
 * read. A key and its certificate share a file so that no crash can part them. A file is written
 * whole or not at all: under another name first, flushed, renamed, and the folder flushed. Any
 * thread may call, one at a time for each file.
 */
record PemFile(Path path) {
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER_OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** The private key that belongs to the certificate. */
  record Identity(PrivateKey key, X509Certificate certificate) {
    /** Without the key. */
    @Override
    public String toString() {
      return "Identity[" + certificate.getSubjectX500Principal() + "]";
    }
  }

  /** A folder that nobody but its owner may enter, unless it is there already. */
  static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, onPosix(folder, FOLDER_OWNER_ONLY));
    }
  }

  boolean exists() {
    return Files.exists(path);
  }

  void write(X509Certificate certificate) throws IOException, GeneralSecurityException {
    write(List.of(new PemObject(CERTIFICATE, certificate.getEncoded())));
  }

  void write(Identity identity) throws IOException, GeneralSecurityException {
    write(
        List.of(
            new PemObject(KEY, identity.key().getEncoded()),
            new PemObject(CERTIFICATE, identity.certificate().getEncoded())));
  }

  /**
   * @param whatToDo for the message when the file can't be used
   */
  X509Certificate readCertificate(String whatToDo) throws IOException {
    return certificate(read(List.of(CERTIFICATE), whatToDo).getFirst(), whatToDo);
  }

  /**
   * @param whatToDo for the message when the file can't be used
   */
  Identity readIdentity(String whatToDo) throws IOException {
    refuseOtherReaders();
    List<byte[]> blocks = read(List.of(KEY, CERTIFICATE), whatToDo);
    X509Certificate certificate = certificate(blocks.getLast(), whatToDo);
    try {
      PrivateKey key =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(blocks.getFirst()));
      Identity identity = new Identity(key, certificate);
      if (!belongTogether(identity)) {
        throw unusable("the key is not that of the certificate", whatToDo, null);
      }
      return identity;
    } catch (GeneralSecurityException e) {
      throw unusable("holds no EC key that can be used", whatToDo, e);
    }
  }

  /** What {@link #writeText} wrote. */
  String readText(String whatToDo) throws IOException {
    try {
      return Files.readString(path, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw unusable("can't be read", whatToDo, e);
    }
  }

  /** As {@link #readText}, of a file that nobody but its owner may use. */
  String readSecretText(String whatToDo) throws IOException {
    refuseOtherReaders();
    return readText(whatToDo);
  }

  private X509Certificate certificate(byte[] content, String whatToDo) throws IOException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content));
    } catch (GeneralSecurityException e) {
      throw unusable("holds no certificate that can be used", whatToDo, e);
    }
  }

  private static boolean belongTogether(Identity identity) throws GeneralSecurityException {
    byte[] sample = {1, 2, 3};
    Signature signer = Signature.getInstance(SIGNATURE);
    signer.initSign(identity.key());
    signer.update(sample);
    Signature verifier = Signature.getInstance(SIGNATURE);
    verifier.initVerify(identity.certificate().getPublicKey());
    verifier.update(sample);
    return verifier.verify(signer.sign());
  }

  private List<byte[]> read(List<String> types, String whatToDo) throws IOException {
    String text = readText(whatToDo);
    List<PemObject> blocks = new ArrayList<>();
    try (PemReader reader = new PemReader(new StringReader(text))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        blocks.add(block);
      }
    } catch (IOException | RuntimeException e) {
      throw unusable("is not PEM", whatToDo, e);
    }
    List<String> actual = blocks.stream().map(PemObject::getType).toList();
    if (!actual.equals(types)) {
      throw unusable("expected the PEM blocks " + types + ", found " + actual, whatToDo, null);
    }
    return blocks.stream().map(PemObject::getContent).toList();
  }

  private void refuseOtherReaders() throws IOException {
    if (!isPosix(path)) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (!FOLDER_OWNER_ONLY.containsAll(permissions)) {
      throw unusable(
          "holds a private key that others may use ("
              + PosixFilePermissions.toString(permissions)
              + ")",
          "If nobody has copied it, run: chmod 600 " + path,
          null);
    }
  }

  UnusableCertificates unusable(String trouble, String whatToDo, @Nullable Exception cause) {
    return new UnusableCertificates(path, trouble, whatToDo, cause);
  }

  private void write(List<PemObject> blocks) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      for (PemObject block : blocks) {
        writer.writeObject(block);
      }
    }
    writeText(text.toString());
  }

  void writeText(String text) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path unfinished = absolute.resolveSibling("." + path.getFileName() + ".unfinished");
    Files.deleteIfExists(unfinished);
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel out = FileChannel.open(unfinished, options, onPosix(absolute, OWNER_ONLY))) {
      ByteBuffer rest = StandardCharsets.US_ASCII.encode(text);
      while (rest.hasRemaining()) {
        out.write(rest);
      }
      out.force(true);
    }
    Files.move(unfinished, absolute, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder =
        FileChannel.open(absolute.resolveSibling("."), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private static FileAttribute<?>[] onPosix(Path near, Set<PosixFilePermission> permissions) {
    return isPosix(near)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
