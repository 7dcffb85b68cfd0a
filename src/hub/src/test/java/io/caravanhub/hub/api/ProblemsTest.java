package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemsTest {
  private final Problems problems = new Problems(new Answers(new ObjectMapper()));

  @ParameterizedTest
  @CsvSource({"40P01, 503", "57014, 503", "08006, 503", "42601, 500"})
  void aQueryThatGaveWayToAnotherMayBeTriedAgain(String state, int status) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new SQLException("deadlock detected", state));

    problems.answer(exchange);

    assertThat(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(status);
    assertThat(exchange.getMessage().getHeader("Retry-After") != null).isEqualTo(status == 503);
  }
}
