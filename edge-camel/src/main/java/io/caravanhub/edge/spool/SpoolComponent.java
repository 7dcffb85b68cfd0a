package io.caravanhub.edge.spool;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Keeps messages on disk until the hub has them. */
@Component("spool")
public class SpoolComponent extends DefaultComponent {
  @Metadata(description = "Where messages are kept. When unset, the one Spool in the registry.")
  private @Nullable Spool spool;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    SpoolEndpoint endpoint = new SpoolEndpoint(uri, this);
    endpoint.setName(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  Spool requireSpool() {
    return spool != null
        ? spool
        : CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), Spool.class);
  }

  public @Nullable Spool getSpool() {
    return spool;
  }

  /** Where messages are kept. When unset, the one Spool in the registry. */
  public void setSpool(@Nullable Spool spool) {
    this.spool = spool;
  }
}
