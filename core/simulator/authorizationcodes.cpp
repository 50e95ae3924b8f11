#include "core/simulator/authorizationcodes.h"

#include "core/simulator/tokenendpoint.h"

#include <QCryptographicHash>
#include <algorithm>

namespace framescope {

namespace {
constexpr std::size_t mostCodes = 100;
constexpr int codeBytes = 32;
constexpr qint64 codeLifeNs = 60'000'000'000;
} // namespace

bool isCodeVerifier(const QByteArray& text)
{
    static constexpr QByteArrayView marks = "-._~";
    return text.size() >= 43 && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.contains(c);
           });
}

QByteArray AuthorizationCodes::issue(Request request, qint64 monoNs)
{
    if (m_issued.size() >= mostCodes)
        m_issued.pop_front();
    m_issued.push_back({randomText(codeBytes), std::move(request), monoNs + codeLifeNs});
    return m_issued.back().code;
}

bool AuthorizationCodes::redeem(const QByteArray& code, const QByteArray& clientId, const QByteArray& redirectUri,
                                const QByteArray& verifier, qint64 monoNs)
{
    const auto found =
        std::find_if(m_issued.begin(), m_issued.end(), [&code](const Issued& issued) { return issued.code == code; });
    if (found == m_issued.end())
        return false;
    const Issued issued = *found;
    m_issued.erase(found);
    const QByteArray challenge = QCryptographicHash::hash(verifier, QCryptographicHash::Sha256)
                                     .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    return monoNs < issued.expiresMonoNs && isCodeVerifier(verifier) && clientId == issued.request.clientId &&
           redirectUri == issued.request.redirectUri && challenge == issued.request.challenge;
}

} // namespace framescope
