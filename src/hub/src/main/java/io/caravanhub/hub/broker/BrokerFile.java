package io.caravanhub.hub.broker;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** HiveMQ's configuration file. */
final class BrokerFile {
  private BrokerFile() {}

  static String text(String bind, int port, @Nullable SecurePort secure) {
    return """
        <?xml version="1.0" encoding="UTF-8" ?>
        <hivemq xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <listeners>
            <tcp-listener>
              <port>%d</port>
              <bind-address>%s</bind-address>
            </tcp-listener>
        %s  </listeners>
          <mqtt>
            <queued-messages><max-queue-size>100000</max-queue-size><strategy>discard</strategy></queued-messages>
            <packets><max-packet-size>1048576</max-packet-size></packets>
            <receive-maximum><server-receive-maximum>100</server-receive-maximum></receive-maximum>
          </mqtt>
          <persistence><mode>in-memory</mode></persistence>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        </hivemq>
        """
        .formatted(port, bind, secure == null ? "" : listener(bind, secure));
  }

  private static String listener(String bind, SecurePort secure) {
    return """
            <tls-tcp-listener>
              <port>%d</port>
              <bind-address>%s</bind-address>
              <tls>
                <keystore><path>%s</path><password>%s</password><private-key-password>%s</private-key-password></keystore>
                <truststore><path>%s</path><password>%s</password></truststore>
                <protocols><protocol>TLSv1.3</protocol><protocol>TLSv1.2</protocol></protocols>
                <client-authentication-mode>OPTIONAL</client-authentication-mode>
              </tls>
            </tls-tcp-listener>
        """
        .formatted(
            secure.port(),
            bind,
            escaped(secure.keys()),
            secure.password(),
            secure.password(),
            escaped(secure.trusted()),
            secure.password());
  }

  private static String escaped(Path path) {
    return path.toAbsolutePath().toString().replace("&", "&amp;").replace("<", "&lt;");
  }
}
