package dev.assay.infra;

import dev.assay.infra.YamlFile.Empty;
import dev.assay.infra.YamlFile.Fields;
import dev.assay.infra.YamlFile.Items;
import dev.assay.infra.YamlFile.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may call the DynamoDB API: access keys and their secrets. No text that this class makes has a
 * secret in it.
 *
 * @param secrets access key to secret
 */
record AccessKeys(Map<String, String> secrets) {
  private static final Logger LOG = LoggerFactory.getLogger(AccessKeys.class);
  private static final String ACCESS_KEY = "ASSAY_ACCESS_KEY";
  private static final String SECRET_KEY = "ASSAY_SECRET_KEY";
  private static final String WELL_KNOWN = "assay";
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_]{1,128}");
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  AccessKeys {
    secrets = Map.copyOf(secrets);
  }

  /** One {@code accessKey: secret} a line; what is wrong goes to the problems of that file. */
  static AccessKeys read(Path file, ConfigProblems problems) {
    Map<String, String> secrets = new LinkedHashMap<>();
    if (isPrivate(file, problems)) {
      Fields root = YamlFile.read(file, problems);
      root.fields()
          .forEach(
              (key, value) -> {
                if (!KEY.matcher(key).matches()) {
                  problems.add(value.line(), "an access key is 1 to 128 letters, digits and \"_\"");
                }
                switch (value) {
                  case Text text when !text.text().isEmpty() -> secrets.put(key, text.text());
                  case Text _, Empty _, Items _, Fields _ ->
                      problems.add(value.line(), "the access key on this line has no secret");
                }
              });
      if (secrets.isEmpty() && problems.isEmpty()) {
        problems.add(0, "there is no line with \"accessKey: secret\"");
      }
    }
    return new AccessKeys(secrets);
  }

  private static boolean isPrivate(Path file, ConfigProblems problems) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (OWNER.containsAll(permissions)) {
        return true;
      }
      problems.add(0, "others than its owner may use this file of secrets; run: chmod 600 " + file);
    } catch (NoSuchFileException _) {
      problems.add(0, "there is no such file");
    } catch (IOException | UnsupportedOperationException e) {
      problems.add(0, "who may read this file of secrets can't be found out: " + e.getMessage());
    }
    return false;
  }

  /** The pair of the environment; the well-known one, with a warning, when it has none. */
  static AccessKeys ofEnvironment(Map<String, String> environment, ConfigProblems problems) {
    String key = environment.get(ACCESS_KEY);
    String secret = environment.get(SECRET_KEY);
    if (key == null && secret == null) {
      LOG.warn(
          "There are no credentials: access key {} with the well-known secret gets in. Set"
              + " credentials.file, or {} and {}",
          WELL_KNOWN,
          ACCESS_KEY,
          SECRET_KEY);
      return new AccessKeys(Map.of(WELL_KNOWN, WELL_KNOWN));
    }
    if (key == null || secret == null || secret.isEmpty() || !KEY.matcher(key).matches()) {
      problems.add(
          0,
          ACCESS_KEY
              + " and "
              + SECRET_KEY
              + " in the environment are set both or neither; the first takes 1 to 128 letters,"
              + " digits and \"_\", and the second is not empty");
      return new AccessKeys(Map.of());
    }
    return new AccessKeys(Map.of(key, secret));
  }

  @Override
  public String toString() {
    return "AccessKeys" + secrets.keySet();
  }
}
