package dev.assay.requestrouter;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;

/** A request of the web server, as its signature covers it. */
record HelidonRequest(ServerRequest request, byte[] body, int bodyLength)
    implements SignatureCheck.SignedRequest {

  @Override
  public String method() {
    return request.prologue().method().text();
  }

  @Override
  public String rawPath() {
    return request.prologue().uriPath().rawPath();
  }

  @Override
  public String rawQuery() {
    return request.prologue().query().rawValue();
  }

  @Override
  public List<String> header(String lowerCaseName) {
    ServerRequestHeaders headers = request.headers();
    HeaderName name = HeaderNames.create(lowerCaseName);
    return headers.contains(name) ? headers.get(name).allValues() : List.of();
  }
}
