package io.caravanhub.hub.security;

import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.web.server.Cookie;
import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.support.GenericConversionService;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.FlushMode;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.session.web.http.CookieHttpSessionIdResolver;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sessions of the console are rows of the database, so that who signed in at one hub is signed in
 * at all. A request without a session's cookie touches none of them, but for pages with a form that
 * are shown to somebody who is not signed in, such as that for signing in.
 */
@Configuration(proxyBeanMethods = false)
class SessionConfiguration {
  /**
   * Two requests of one session may add the same value at once, and a third one end the session
   * meanwhile.
   */
  private static final String ADD_VALUE =
      """
      insert into %TABLE_NAME%_attributes (session_primary_id, attribute_name, attribute_bytes)
      select s.primary_id, v.name, v.bytes
        from (values (?, ?, ?::bytea)) v (id, name, bytes) join %TABLE_NAME% s on s.primary_id = v.id
         for key share of s
      on conflict (session_primary_id, attribute_name) do update set attribute_bytes = excluded.attribute_bytes\
      """;

  /** Rows are of no tenant, and their transactions nobody else's. */
  @Bean
  JdbcIndexedSessionRepository sessionRows(
      @Qualifier("applicationPool") DataSource pool, ServerProperties server) {
    TransactionTemplate alone = new TransactionTemplate(new DataSourceTransactionManager(pool));
    alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    JdbcIndexedSessionRepository rows =
        new JdbcIndexedSessionRepository(new JdbcTemplate(pool), alone);
    rows.setDefaultMaxInactiveInterval(server.getServlet().getSession().getTimeout());
    rows.setCreateSessionAttributeQuery(ADD_VALUE);
    // Whatever times the row has: signing out ends it.
    rows.setDeleteSessionQuery("delete from %TABLE_NAME% where session_id = ?");
    // A change is there for other requests at once, and where it fails the page does, before any of
    // it has gone out.
    rows.setFlushMode(FlushMode.IMMEDIATE);
    // Values come and go as bytes.
    GenericConversionService bytes = new GenericConversionService();
    bytes.addConverter(Object.class, byte[].class, value -> (byte[]) value);
    bytes.addConverter(byte[].class, Object.class, value -> value);
    rows.setConversionService(bytes);
    // ExpiredSessions does it.
    rows.setCleanupCron(Scheduled.CRON_DISABLED);
    return rows;
  }

  @Bean
  FilterRegistrationBean<SessionRepositoryFilter<?>> consoleSessions(
      JdbcIndexedSessionRepository rows, SessionSeal seal, ServerProperties server) {
    SessionRepositoryFilter<?> filter =
        new SessionRepositoryFilter<>(new SealedSessions<>(rows, seal));
    CookieHttpSessionIdResolver cookies = new CookieHttpSessionIdResolver();
    cookies.setCookieSerializer(
        new SignedCookies(cookie(server.getServlet().getSession().getCookie()), seal));
    filter.setHttpSessionIdResolver(cookies);
    FilterRegistrationBean<SessionRepositoryFilter<?>> registration =
        new FilterRegistrationBean<>(filter);
    registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR));
    registration.setOrder(SessionRepositoryFilter.DEFAULT_ORDER);
    return registration;
  }

  /** As the server's own cookie was, and for requests of this site alone but for links. */
  static CookieSerializer cookie(Cookie settings) {
    DefaultCookieSerializer cookie = new DefaultCookieSerializer();
    cookie.setUseBase64Encoding(false);
    cookie.setCookieName("JSESSIONID");
    PropertyMapper map = PropertyMapper.get().alwaysApplyingWhenNonNull();
    map.from(settings::getName).to(cookie::setCookieName);
    map.from(settings::getDomain).to(cookie::setDomainName);
    map.from(settings::getPath).to(cookie::setCookiePath);
    map.from(settings::getHttpOnly).to(cookie::setUseHttpOnlyCookie);
    map.from(settings::getSecure).to(cookie::setUseSecureCookie);
    map.from(settings::getSameSite).as(SameSite::attributeValue).to(cookie::setSameSite);
    return cookie;
  }
}
