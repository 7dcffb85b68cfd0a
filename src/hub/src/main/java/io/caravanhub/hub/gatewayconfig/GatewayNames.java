package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The gateways of the thread's tenant by id or serial. Thread-safe. */
@Component
class GatewayNames {
  private final JdbcClient jdbc;

  GatewayNames(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param desiredSoftware version it is to run, or null
   */
  record Gateway(
      UUID id, String serial, String name, String status, @Nullable String desiredSoftware) {}

  /**
   * The gateway; for a gateway as caller there is none but itself.
   *
   * @throws ProblemException 404
   */
  Gateway require(String idOrSerial) {
    HubPrincipal caller = CallerContext.current();
    Gateway found =
        jdbc.sql(
                "select id, serial, name, status, desired_software from gateways where id::text = ?"
                    + " or serial = ?")
            .params(idOrSerial, idOrSerial)
            .query(Gateway.class)
            .optional()
            .orElseThrow(() -> ProblemException.notFound("gateway", idOrSerial));
    if (caller.is("gateway") && !found.id().toString().equals(caller.subject())) {
      throw ProblemException.notFound("gateway", idOrSerial);
    }
    return found;
  }

  /** The same, and no other changes what hangs on it until the transaction ends. */
  Gateway lock(String idOrSerial) {
    Gateway gateway = require(idOrSerial);
    jdbc.sql("select id from gateways where id = ? for update")
        .param(gateway.id())
        .query(UUID.class)
        .single();
    return gateway;
  }

  /** Who is calling, as versions and the audit name it. */
  static String actor() {
    HubPrincipal caller = CallerContext.current();
    return caller.role() + ":" + caller.subject();
  }
}
