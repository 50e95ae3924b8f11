#include "ui/connection/connectionform.h"

#include "ui/common/errorwords.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <algorithm>

namespace framescope {

namespace {

QString formText(const char* text)
{
    return QCoreApplication::translate("ConnectionForm", text);
}

bool isLoopback(const QUrl& url)
{
    const QString host = url.host();
    const auto isAddressCharacter = [](QChar c) { return (c >= u'0' && c <= u'9') || c == u'.'; };
    const bool isAddress = std::all_of(host.begin(), host.end(), isAddressCharacter); // not "127.example.com"
    return host == QLatin1String("localhost") || host == QLatin1String("::1") ||
           (isAddress && host.startsWith(QLatin1String("127.")));
}

bool isAllowed(const QUrl& url, QLatin1String secure, QLatin1String plain)
{
    return url.isValid() && !url.host().isEmpty() &&
           (url.scheme() == secure || (url.scheme() == plain && isLoopback(url)));
}

} // namespace

namespace {

QString notificationsProblem(const Profile& profile)
{
    if (profile.region.isEmpty() && profile.gateway.isEmpty())
        return formText("Choose a region, or enter the gateway URL.");
    if (!profile.gateway.isEmpty() && !isAllowed(profile.gateway, QLatin1String("https"), QLatin1String("http")))
        return formText("The gateway URL must begin with https:// (http:// for this machine only) and name a host.");
    if (const Expected<GenesysHosts> hosts = profile.hosts(); !hosts)
        return errorSentence(hosts.error());
    if (profile.clientId.isEmpty())
        return formText("Enter the client id of the OAuth client.");
    return {};
}

} // namespace

QString profileProblem(const Profile& profile)
{
    if (profile.kind == ProfileKind::Notifications) {
        QString problem = notificationsProblem(profile);
        if (problem.isEmpty() && !profile.caFile.isEmpty() && !QFileInfo(profile.caFile).isReadable())
            return formText("The CA file cannot be read.");
        return problem;
    }
    if (profile.region.isEmpty() && profile.url.isEmpty())
        return formText("Choose a region, or enter the stream URL.");
    if (!isAllowed(profile.effectiveUrl(), QLatin1String("wss"), QLatin1String("ws")))
        return formText("The stream URL must begin with wss:// (ws:// for this machine only) and name a host.");
    if (profile.signIn && !isAllowed(profile.effectiveTokenUrl(), QLatin1String("https"), QLatin1String("http")))
        return formText("The token URL must begin with https:// (http:// for this machine only) and name a host.");
    if (profile.signIn && profile.clientId.isEmpty())
        return formText("Enter the client id, or switch off “Sign in first”.");
    if (!profile.caFile.isEmpty() && !QFileInfo(profile.caFile).isReadable())
        return formText("The CA file cannot be read.");
    return {};
}

void fillPayloadPolicies(QComboBox* box)
{
    box->addItem(formText("Kept as they come"), int(PayloadPolicy::Full));
    box->addItem(formText("Only their SHA-256"), int(PayloadPolicy::DigestOnly));
    box->addItem(formText("Without the values that rules name"), int(PayloadPolicy::Redacted));
    box->setToolTip(formText("What the session file, exports, outlets and this window get to see of each message"));
}

void chooseFile(QWidget* parent, QLineEdit* field, const QString& title, const QString& nameFilter)
{
    auto* dialog = new QFileDialog(parent, title, QFileInfo(field->text()).path());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({nameFilter, formText("All files (*)")});
    QObject::connect(dialog, &QFileDialog::fileSelected, field, &QLineEdit::setText);
    dialog->open();
}

} // namespace framescope
