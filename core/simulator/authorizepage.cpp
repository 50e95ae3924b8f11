#include "core/simulator/authorizepage.h"

#include <QUrl>
#include <algorithm>

namespace framescope::authorizepage {

namespace {

using Fields = std::vector<std::pair<QByteArray, QByteArray>>;

constexpr qsizetype challengeLength = 43; // base64url of 32 bytes

QByteArray pageField(const Fields& fields, QByteArrayView name)
{
    const auto found = std::find_if(fields.begin(), fields.end(), [name](const auto& f) { return name == f.first; });
    return found == fields.end() ? QByteArray() : found->second;
}

bool has(const Fields& fields, QByteArrayView name)
{
    return std::any_of(fields.begin(), fields.end(), [name](const auto& f) { return name == f.first; });
}

bool isLoopback(const QUrl& uri)
{
    const QString host = uri.host();
    return uri.isValid() && uri.scheme() == QLatin1String("http") && uri.userInfo().isEmpty() && !uri.hasFragment() &&
           (host == QLatin1String("127.0.0.1") || host == QLatin1String("::1") || host == QLatin1String("localhost"));
}

HttpReply page(int status, const QByteArray& title, const QByteArray& content)
{
    HttpReply reply;
    reply.status = status;
    reply.contentType = "text/html; charset=utf-8";
    reply.headers = {{"Cache-Control", "no-store"}, {"Content-Security-Policy", "default-src 'none'"}};
    reply.body = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
                 "</title></head><body><h1>" + title + "</h1>" + content + "</body></html>\n";
    return reply;
}

/// The query again, from its decoded fields: what is not ours is not repeated.
QByteArray queryFor(const Fields& fields, const QByteArray& decision)
{
    QByteArray query;
    for (const char* name :
         {"client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "state"}) {
        if (has(fields, name))
            query += QByteArray(name) + '=' + pageField(fields, name).toPercentEncoding() + "&amp;";
    }
    return query + decision;
}

HttpReply redirect(const Fields& fields, const QByteArray& answer)
{
    QByteArray target = pageField(fields, "redirect_uri");
    target += target.contains('?') ? '&' : '?';
    target += answer;
    if (has(fields, "state"))
        target += "&state=" + pageField(fields, "state").toPercentEncoding();
    HttpReply reply;
    reply.status = 302;
    // From the parsed URL: a line break in the field cannot become a header.
    reply.headers = {{"Location", QUrl::fromEncoded(target).toEncoded()}, {"Cache-Control", "no-store"}};
    return reply;
}

/// What is wrong with a request, in words; empty: nothing. Before the redirect URI is known to be good, nobody is sent
/// there.
QByteArray problemOf(const Fields& fields, const QByteArray& clientId)
{
    if (pageField(fields, "client_id") != clientId)
        return "This client is not known.";
    if (!isLoopback(QUrl::fromEncoded(pageField(fields, "redirect_uri"))))
        return "The redirect URI must be http on this computer.";
    if (pageField(fields, "response_type") != "code")
        return "response_type must be 'code'.";
    if (pageField(fields, "code_challenge_method") != "S256" ||
        pageField(fields, "code_challenge").size() != challengeLength)
        return "A code challenge of method S256 is required.";
    return {};
}

} // namespace

HttpReply answer(const HttpRequest& request, const QByteArray& clientId, AuthorizationCodes& codes, qint64 monoNs)
{
    if (request.method != "GET")
        return page(405, "Use GET", "");
    const Fields fields = formFields(request.query);
    if (const QByteArray problem = problemOf(fields, clientId); !problem.isEmpty())
        return page(400, "Sign-in is not possible", "<p>" + problem + "</p>");
    if (has(fields, "deny"))
        return redirect(fields, "error=access_denied&error_description=The%20person%20cancelled");
    if (has(fields, "allow")) {
        const QByteArray code =
            codes.issue({clientId, pageField(fields, "redirect_uri"), pageField(fields, "code_challenge")}, monoNs);
        return redirect(fields, "code=" + code);
    }
    return page(200, "Simulated sign-in",
                "<p>An application on this computer wants to listen to notifications in your name.</p>"
                "<p><a id=\"allow\" href=\"/oauth/authorize?" +
                    queryFor(fields, "allow=1") + "\">Sign in</a> <a id=\"deny\" href=\"/oauth/authorize?" +
                    queryFor(fields, "deny=1") + "\">Cancel</a></p>");
}

} // namespace framescope::authorizepage
