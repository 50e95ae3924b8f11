#pragma once
/// What a person sets once: look, payload type matrix, metrics window and limits. A matrix file is checked as soon as
/// it is chosen; limits take effect with the next session, and the dialog says so. Thread: gui. Not modal.
#include "ui/preferences/preferences.h"

#include <QDialog>

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace framescope {

class PreferencesDialog : public QDialog
{
    Q_OBJECT

public:
    explicit PreferencesDialog(QWidget* parent = nullptr);

    /// What the form says now, saved or not.
    [[nodiscard]] Preferences edited() const;
    void setMatrixPath(const QString& path);
    [[nodiscard]] QString matrixVerdict() const;
    [[nodiscard]] bool canSave() const;

public Q_SLOTS:
    void restoreDefaults();
    void savePreferences();

Q_SIGNALS:
    /// The file has new values: Preferences::load() gives them.
    void changed();

private:
    QWidget* buildForm();
    QWidget* buildButtons();
    void addHeading(QFormLayout* form, const QString& text);
    void addRow(QFormLayout* form, const QString& label, QWidget* field, const QString& hint = {});
    void fill(const Preferences& preferences);
    void checkChosenMatrix();

    QComboBox* m_scheme;
    QLineEdit* m_matrix;
    QLabel* m_matrixVerdict;
    QSpinBox* m_window;
    QSpinBox* m_flag;
    QSpinBox* m_refuse;
    QDoubleSpinBox* m_breaker;
    QSpinBox* m_coolDown;
    QLabel* m_result;
    QPushButton* m_save;
};

} // namespace framescope
