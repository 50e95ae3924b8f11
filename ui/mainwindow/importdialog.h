#pragma once
/// Asks what a session that is made of a capture (.har) keeps of the payloads, before anything is read of it or
/// written: the same choice as `framescope-cli import` offers. Begins with what was chosen the last time. Not modal.
/// Thread: gui.
#include "ui/mainwindow/windowmemory.h"

#include <QDialog>

class QComboBox;

namespace framescope {

class RedactionEdit;

class ImportDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ImportDialog(const QString& capturePath, QWidget* parent = nullptr);

Q_SIGNALS:
    /// Not for a dialog that is cancelled or closed. The choice has been remembered.
    void chosen(const QString& capturePath, const framescope::ImportChoice& choice);

private:
    [[nodiscard]] PayloadPolicy payloads() const;
    void showRules();
    void confirm();

    const QString m_path;
    QComboBox* m_payloads;
    RedactionEdit* m_redaction;
};

} // namespace framescope
