#pragma once
/// The fields of a profile: what is asked for depends on its kind (one stream URL, or Genesys Cloud's notifications)
/// and on who signs in. Topics have a page of their own (TopicChooser). Thread: gui. A stored secret is never shown:
/// the field takes a new one, an empty field means "the stored one".
#include "core/session/profilestore.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;

namespace framescope {

class RedactionEdit;
class RetentionEdit;

class ProfileForm : public QWidget
{
    Q_OBJECT

public:
    explicit ProfileForm(QWidget* parent = nullptr);

    void showProfile(const Profile& profile);
    /// Without its topics.
    [[nodiscard]] Profile profile() const;
    /// What in the fields cannot be read, in words; empty when all of it can.
    [[nodiscard]] QString unreadable() const;
    [[nodiscard]] Secret typedSecret() const;
    void clearSecret();
    void focusSecret();
    void focusName();
    /// Whether a secret may be stored under this name: an empty field then reads "unchanged".
    void setSecretStored(bool isStored);
    [[nodiscard]] QString name() const;
    [[nodiscard]] ProfileKind kind() const;

Q_SIGNALS:
    void kindChanged();
    /// Where or as whom changed: what was read for another one does not hold.
    void identityEdited();

private:
    void addRow(const QString& label, QWidget* field);
    void addRows();
    QWidget* withFileButton();
    void fillRegions();
    void useRegion();
    void showRows();
    void showPlaceholders();
    [[nodiscard]] PayloadPolicy payloads() const;

    QFormLayout* m_layout;
    QLineEdit* m_name;
    QComboBox* m_kind;
    QComboBox* m_region;
    QLineEdit* m_gateway;
    QLineEdit* m_url;
    QComboBox* m_person;
    QCheckBox* m_signIn;
    QLineEdit* m_tokenUrl;
    QLineEdit* m_clientId;
    QLineEdit* m_secret;
    QSpinBox* m_port;
    QLineEdit* m_scope;
    QLineEdit* m_caFile;
    QWidget* m_caRow;
    QCheckBox* m_mask;
    QComboBox* m_payloads;
    RetentionEdit* m_retention;
    RedactionEdit* m_redaction;
};

} // namespace framescope
