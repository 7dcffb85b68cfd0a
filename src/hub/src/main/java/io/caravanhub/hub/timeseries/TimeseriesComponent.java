package io.caravanhub.hub.timeseries;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Write telemetry to the time-series store in batches. */
@Component("timeseries")
public class TimeseriesComponent extends DefaultComponent {
  @Metadata(autowired = true, description = "The writer that all endpoints share.")
  private @Nullable TelemetryWriter writer;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    TimeseriesEndpoint endpoint = new TimeseriesEndpoint(uri, this);
    endpoint.setName(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  public @Nullable TelemetryWriter getWriter() {
    return writer;
  }

  /** The writer that all endpoints share. */
  public void setWriter(@Nullable TelemetryWriter writer) {
    this.writer = writer;
  }
}
