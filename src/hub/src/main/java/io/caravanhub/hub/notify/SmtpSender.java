package io.caravanhub.hub.notify;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.util.MailConnectException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Mail over SMTP (RFC 5321) with STARTTLS or TLS, as text and HTML, with one-click unsubscribing
 * (RFC 8058). Every attempt has the same {@code Message-ID}. Thread-safe.
 */
@Component
class SmtpSender implements Sender {
  private final NotifyHttp addresses;
  private final String timeout;

  SmtpSender(NotifyHttp addresses, @Value("${hub.notify.timeout:PT10S}") Duration timeout) {
    this.addresses = addresses;
    this.timeout = Long.toString(timeout.toMillis());
  }

  @Override
  public ChannelKind kind() {
    return ChannelKind.SMTP;
  }

  @Override
  public Outcome send(Parcel parcel) {
    // Relays are on the inside as a rule: only what no relay can be is refused.
    String refused = addresses.linkRefusal(parcel.setting("host"));
    if (refused != null) {
      return Outcome.later("the mail server: " + refused, null, null);
    }
    Session session = Session.getInstance(properties(parcel));
    MimeMessage mail;
    try {
      mail = mail(session, parcel);
    } catch (AddressException e) {
      return Outcome.refused("the address cannot be used", null);
    } catch (MessagingException e) {
      return Outcome.refused("the mail cannot be written: " + e.getClass().getSimpleName(), null);
    }
    boolean connected = false;
    try (Transport transport =
        session.getTransport(parcel.setting("security").equals("tls") ? "smtps" : "smtp")) {
      String user = parcel.setting("username");
      transport.connect(
          user.isEmpty() ? null : user, user.isEmpty() ? null : parcel.setting("password"));
      connected = true;
      transport.sendMessage(mail, mail.getAllRecipients());
      return Outcome.sent(250, mail.getMessageID());
    } catch (MessagingException e) {
      return failed(e, connected);
    }
  }

  private static Outcome failed(MessagingException failure, boolean connected) {
    if (failure instanceof AuthenticationFailedException) {
      return Outcome.later("the mail server refuses the user and password", 535, null);
    }
    for (Throwable at = failure; at != null; at = next(at)) {
      Integer code =
          at instanceof SMTPAddressFailedException a
              ? Integer.valueOf(a.getReturnCode())
              : at instanceof SMTPSendFailedException s ? Integer.valueOf(s.getReturnCode()) : null;
      if (code != null && code >= 400) {
        String reason = "the mail server answered " + code;
        return code >= 500 ? Outcome.refused(reason, code) : Outcome.later(reason, code, null);
      }
      if (at instanceof MailConnectException) {
        return Outcome.later("the mail server: cannot connect", null, null);
      }
    }
    String name = failure.getClass().getSimpleName();
    // Between the last dot and its answer nobody knows.
    return connected && !(failure instanceof SendFailedException)
        ? Outcome.unsure("the mail server: the answer broke off (" + name + ")")
        : Outcome.later("the mail server: " + name, null, null);
  }

  private static @Nullable Throwable next(Throwable at) {
    return at instanceof MessagingException m && m.getNextException() != null
        ? m.getNextException()
        : at.getCause();
  }

  private Properties properties(Parcel parcel) {
    String security = parcel.settings().getOrDefault("security", "starttls");
    String protocol = security.equals("tls") ? "smtps" : "smtp";
    Properties all = new Properties();
    String at = "mail." + protocol + ".";
    all.setProperty(at + "host", parcel.setting("host"));
    all.setProperty(at + "port", parcel.settings().getOrDefault("port", "587"));
    all.setProperty(at + "auth", Boolean.toString(!parcel.setting("username").isEmpty()));
    all.setProperty(at + "connectiontimeout", "5000");
    all.setProperty(at + "timeout", timeout);
    all.setProperty(at + "writetimeout", timeout);
    all.setProperty(at + "starttls.enable", Boolean.toString(security.equals("starttls")));
    all.setProperty(at + "starttls.required", Boolean.toString(security.equals("starttls")));
    all.setProperty(at + "ssl.checkserveridentity", "true");
    if (!parcel.setting("certificate_authority").isEmpty()) {
      all.put(at + "ssl.socketFactory", MailTrust.of(parcel.setting("certificate_authority")));
    }
    return all;
  }

  static MimeMessage mail(Session session, Parcel parcel) throws MessagingException {
    String id = "<" + parcel.id() + "@" + domain(parcel.setting("from")) + ">";
    MimeMessage mail =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
          }
        };
    InternetAddress from = new InternetAddress(parcel.setting("from"), true);
    mail.setFrom(from);
    mail.setRecipients(
        Message.RecipientType.TO, new Address[] {new InternetAddress(parcel.address(), true)});
    if (!parcel.setting("reply_to").isEmpty()) {
      mail.setReplyTo(new Address[] {new InternetAddress(parcel.setting("reply_to"), true)});
    }
    mail.setSubject(Escape.line(parcel.written().subject()), "UTF-8");
    mail.setSentDate(Date.from(parcel.created()));
    // Nobody's holiday answer comes back (RFC 3834).
    mail.setHeader("Auto-Submitted", "auto-generated");
    if (parcel.urgent()) {
      mail.setHeader("Importance", "high");
    }
    if (parcel.unsubscribe() != null) {
      mail.setHeader("List-Unsubscribe", "<" + parcel.unsubscribe() + ">");
      mail.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    MimeBodyPart text = new MimeBodyPart();
    String link = parcel.facts().path("link").asText("");
    text.setText(
        parcel.written().text()
            + (link.isEmpty() ? "" : "\n\n" + link)
            + (parcel.unsubscribe() == null ? "" : "\n\n-- \n" + parcel.unsubscribe()),
        StandardCharsets.UTF_8.name());
    MimeBodyPart html = new MimeBodyPart();
    html.setText(String.valueOf(parcel.written().html()), StandardCharsets.UTF_8.name(), "html");
    MimeMultipart both = new MimeMultipart("alternative");
    both.addBodyPart(text);
    both.addBodyPart(html);
    mail.setContent(both);
    mail.saveChanges();
    return mail;
  }

  private static String domain(String from) {
    return from.replaceAll(".*@", "").replaceAll("[^A-Za-z0-9.-].*", "");
  }
}
