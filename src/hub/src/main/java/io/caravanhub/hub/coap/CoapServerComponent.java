package io.caravanhub.hub.coap;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Take telemetry that devices POST over CoAP, answered when the exchange is done. */
@Component("coap-server")
public class CoapServerComponent extends DefaultComponent {
  @Metadata(autowired = true, description = "Who may speak for which device.")
  private @Nullable CoapRights rights;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    CoapServerEndpoint endpoint = new CoapServerEndpoint(uri, this);
    int colon = remaining.lastIndexOf(':');
    endpoint.setHost(colon < 0 ? remaining : remaining.substring(0, colon));
    if (colon >= 0) {
      endpoint.setPort(Integer.parseInt(remaining.substring(colon + 1)));
    }
    setProperties(endpoint, parameters);
    return endpoint;
  }

  public @Nullable CoapRights getRights() {
    return rights;
  }

  /** Who may speak for which device. */
  public void setRights(@Nullable CoapRights rights) {
    this.rights = rights;
  }
}
